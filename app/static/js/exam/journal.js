/* The device's own journal: every change of an answer, kept until the server has acknowledged it.
 *
 * IndexedDB where it works, else localStorage, else nothing that lasts ("volatile"): then the page
 * saves before it goes on and says so. A change is written here before the tap shows as chosen. A
 * store that falls silent is given up like one that fails: nothing that is sent waits for it. What was
 * acknowledged stays for a minute: a page that is just being loaded anew may not show it yet.
 */

const DATABASE = "peizhen-exam";
const STORE = "changes";
const SILENCE = 3000; // milliseconds after which a store that neither succeeds nor fails is given up
const ON_ITS_WAY = 60000; // milliseconds after which no page comes that was made before an answer was stored

function asPromise(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Wait, but not for ever: some browsers' IndexedDB falls silent, and answers must go on. */
function heard(promise) {
  let timer = 0;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("indexedDB is silent")), SILENCE);
  });
  return Promise.race([promise, silence]).finally(() => clearTimeout(timer));
}

class IndexedStore {
  constructor(database, prefix) {
    this.kind = "indexeddb";
    this.database = database;
    this.prefix = prefix;
  }

  static async open(prefix) {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    const store = new IndexedStore(await heard(asPromise(opening)), prefix);
    await store.put({ sequence: 0 });
    await store.remove([0]);
    await store.all();
    return store;
  }

  key(sequence) {
    return `${this.prefix}|${String(sequence).padStart(7, "0")}`;
  }

  range() {
    return IDBKeyRange.bound(`${this.prefix}|`, `${this.prefix}|~`);
  }

  put(...changes) {
    return this.during("readwrite", (store) => {
      for (const change of changes) store.put(change, this.key(change.sequence));
    });
  }

  remove(sequences) {
    return this.during("readwrite", (store) => {
      for (const sequence of sequences) store.delete(this.key(sequence));
    });
  }

  /** Keep one small thing beside the changes: localStorage reaches the disk only seconds later. */
  keep(value) {
    return this.during("readwrite", (store) => store.put(value, `${this.prefix}#kept`));
  }

  async kept() {
    const transaction = this.database.transaction(STORE, "readonly");
    return heard(asPromise(transaction.objectStore(STORE).get(`${this.prefix}#kept`)));
  }

  async all() {
    const transaction = this.database.transaction(STORE, "readonly");
    return heard(asPromise(transaction.objectStore(STORE).getAll(this.range())));
  }

  during(mode, work) {
    return heard(new Promise((resolve, reject) => {
      // Strict: on the disk, so that a phone that goes dark at once has it too.
      const transaction = this.database.transaction(STORE, mode, { durability: "strict" });
      work(transaction.objectStore(STORE));
      // "complete", not the request's success: only then is it on the disk.
      transaction.oncomplete = () => resolve();
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    }));
  }
}

class LocalStore {
  constructor(prefix) {
    this.kind = "localstorage";
    this.name = `${DATABASE}|${prefix}`;
    localStorage.setItem(`${this.name}|trial`, "1");
    localStorage.removeItem(`${this.name}|trial`);
  }

  read() {
    return JSON.parse(localStorage.getItem(this.name) || "[]");
  }

  async put(...changes) {
    const anew = new Set(changes.map((one) => one.sequence));
    const others = this.read().filter((one) => !anew.has(one.sequence));
    localStorage.setItem(this.name, JSON.stringify([...others, ...changes]));
  }

  async remove(sequences) {
    const gone = new Set(sequences);
    const left = this.read().filter((one) => !gone.has(one.sequence));
    if (left.length) localStorage.setItem(this.name, JSON.stringify(left));
    else localStorage.removeItem(this.name);
  }

  async all() {
    return this.read().sort((a, b) => a.sequence - b.sequence);
  }
}

class VolatileStore {
  constructor() {
    this.kind = "volatile";
    this.changes = new Map();
  }

  async put(...changes) {
    for (const change of changes) this.changes.set(change.sequence, change);
  }

  async remove(sequences) {
    for (const sequence of sequences) this.changes.delete(sequence);
  }

  async all() {
    return [...this.changes.values()].sort((a, b) => a.sequence - b.sequence);
  }
}

async function openStore(prefix) {
  try {
    return await IndexedStore.open(prefix);
  } catch {
    try {
      return new LocalStore(prefix);
    } catch {
      return new VolatileStore();
    }
  }
}

/** Try out where answers would be kept, with a paper's worth: "indexeddb", "localstorage", "volatile". */
export async function tryStorage() {
  const store = await openStore("trial");
  try {
    await store.put({ sequence: 1, value: "x".repeat(100000) });
    const kept = (await store.all()).some((one) => one.sequence === 1 && one.value.length === 100000);
    await store.remove([1]);
    return kept ? store.kind : "volatile";
  } catch {
    return "volatile";
  }
}

/** The journal of one attempt on one device epoch. */
export class Journal {
  static async open(attempt, epoch, nextSequence) {
    const journal = new Journal();
    journal.prefix = `${attempt}|${epoch}`;
    journal.store = await openStore(journal.prefix);
    await journal.adopt();
    const kept = await journal.store.all();
    journal.waiting = kept.filter((change) => !change.acknowledged);
    const done = kept.filter((change) => change.acknowledged);
    /** Stored by the server after it had made this page, so the page does not show them yet. */
    journal.newer = done.filter((change) => change.sequence >= nextSequence);
    journal.done = new Set();
    journal.forgetSoon(done.map((change) => change.sequence));
    journal.next = Math.max(nextSequence, ...kept.map((change) => change.sequence + 1), 1);
    return journal;
  }

  /** Take over what an earlier page of this attempt had to keep in localStorage. */
  async adopt() {
    if (this.store.kind !== "indexeddb") return;
    try {
      const local = new LocalStore(this.prefix);
      const left = local.read();
      for (const one of left) await this.store.put(one);
      await local.remove(left.map((one) => one.sequence));
    } catch {
      // There is no localStorage, so nothing was kept in it.
    }
  }

  /** False when nothing written here survives the page. */
  get lasting() {
    return this.store.kind !== "volatile";
  }

  /** Write one change; resolves when the device has it. Falls back when its storage is full. */
  async add(slot, value) {
    const change = { sequence: this.next, slot, value, at: Date.now() };
    this.next += 1;
    this.waiting.push(change);
    try {
      await this.store.put(change);
    } catch {
      await this.retreat();
    }
    return change;
  }

  /** Its storage is full or gone: keep what waits in the next best one. */
  async retreat() {
    if (this.store.kind === "indexeddb") {
      try {
        const local = new LocalStore(this.prefix);
        for (const one of this.waiting) await local.put(one);
        this.store = local;
        return;
      } catch {
        // Full as well.
      }
    }
    const volatile = new VolatileStore();
    for (const one of this.waiting) await volatile.put(one);
    this.store = volatile;
  }

  /** Keep the number of the question at hand, as well as this device can; or return it. */
  async keepPlace(number) {
    try {
      await this.store.keep?.(number);
    } catch {
      // The notes have it too, and losing it loses no answer.
    }
  }

  async place() {
    try {
      return (await this.store.kept?.()) || 0;
    } catch {
      return 0;
    }
  }

  /** Leave room: somebody else numbers changes of this device too. */
  leap() {
    this.next += 50;
  }

  /** No longer send what the server has stored; for a page that is on its way it is kept a while. */
  async acknowledge(sequences) {
    const gone = new Set(sequences);
    const done = this.waiting.filter((change) => gone.has(change.sequence));
    this.waiting = this.waiting.filter((change) => !gone.has(change.sequence));
    try {
      await this.store.put(...done.map((change) => ({ ...change, acknowledged: true })));
    } catch {
      // It would be sent again after a reload, which the server recognises.
    }
    this.forgetSoon(sequences);
  }

  forgetSoon(sequences) {
    if (!sequences.length) return;
    for (const sequence of sequences) this.done.add(sequence);
    setTimeout(() => this.forget(sequences), ON_ITS_WAY);
  }

  /** The paper is handed in: leave nothing of it on the device. */
  async tidy() {
    if (this.done.size) await this.forget([...this.done]);
  }

  /** Forget what the server has, or has refused. */
  async forget(sequences) {
    const gone = new Set(sequences);
    this.waiting = this.waiting.filter((change) => !gone.has(change.sequence));
    for (const sequence of sequences) this.done.delete(sequence);
    try {
      await this.store.remove(sequences);
    } catch {
      // See `acknowledge`.
    }
  }

  /** Slots with a change that the server does not have yet. */
  get heldSlots() {
    return new Set(this.waiting.map((change) => change.slot));
  }
}

/* ChaCha20-Poly1305 (RFC 8439) in plain script: WebCrypto is not there on plain http, where rooms with a
 * server of their own often run. It seals a few kilobytes once; speed does not matter. The key is the
 * attempt's own and known to this very page, so that timing gives nothing away.
 */

const rotate = (value, by) => (value << by) | (value >>> (32 - by));

function quarter(s, a, b, c, d) {
  s[a] += s[b]; s[d] = rotate(s[d] ^ s[a], 16);
  s[c] += s[d]; s[b] = rotate(s[b] ^ s[c], 12);
  s[a] += s[b]; s[d] = rotate(s[d] ^ s[a], 8);
  s[c] += s[d]; s[b] = rotate(s[b] ^ s[c], 7);
}

const little = (bytes, at) => bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);

function block(key, nonce, counter) {
  const start = new Uint32Array(16);
  start.set([0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
  for (let i = 0; i < 8; i += 1) start[4 + i] = little(key, 4 * i);
  start[12] = counter;
  for (let i = 0; i < 3; i += 1) start[13 + i] = little(nonce, 4 * i);
  const s = start.slice();
  for (let round = 0; round < 10; round += 1) {
    quarter(s, 0, 4, 8, 12); quarter(s, 1, 5, 9, 13); quarter(s, 2, 6, 10, 14); quarter(s, 3, 7, 11, 15);
    quarter(s, 0, 5, 10, 15); quarter(s, 1, 6, 11, 12); quarter(s, 2, 7, 8, 13); quarter(s, 3, 4, 9, 14);
  }
  const out = new Uint8Array(64);
  for (let i = 0; i < 16; i += 1) {
    const word = (s[i] + start[i]) >>> 0;
    for (let byte = 0; byte < 4; byte += 1) out[4 * i + byte] = word >>> (8 * byte);
  }
  return out;
}

function chacha(key, nonce, bytes) {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 64) {
    const stream = block(key, nonce, 1 + at / 64);
    for (let i = at; i < Math.min(at + 64, bytes.length); i += 1) out[i] = bytes[i] ^ stream[i - at];
  }
  return out;
}

function number(bytes) {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[i]);
  return value;
}

function poly1305(key, message) {
  const prime = (1n << 130n) - 5n;
  const r = number(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  for (let at = 0; at < message.length; at += 16) {
    const piece = message.subarray(at, at + 16);
    sum = ((sum + number(piece) + (1n << BigInt(8 * piece.length))) * r) % prime;
  }
  sum += number(key.subarray(16, 32));
  return Uint8Array.from({ length: 16 }, (_, i) => Number((sum >> BigInt(8 * i)) & 0xffn));
}

function joined(...pieces) {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const padding = (bytes) => new Uint8Array((16 - (bytes.length % 16)) % 16);
const length = (bytes) => Uint8Array.from({ length: 8 }, (_, i) => Math.floor(bytes.length / 256 ** i) % 256);

/** Return nonce, cipher text and tag as one row of bytes. `key` 32 bytes, `nonce` 12. */
export function seal(key, nonce, plain, associated) {
  const cipher = chacha(key, nonce, plain);
  const tag = poly1305(block(key, nonce, 0).subarray(0, 32),
    joined(associated, padding(associated), cipher, padding(cipher), length(associated), length(cipher)));
  return joined(nonce, cipher, tag);
}

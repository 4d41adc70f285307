// Signs in at `ringbuch serve` by oidc-provider, a provider that the OpenID Foundation has certified, as a browser would:
// node sign_in.mjs BINARY FOLDER. Ends with the line `N passed, N failed`.
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [binary, folder] = process.argv.slice(2);
const SECRET = "made-up-client-secret-of-this-run";
const PEOPLE = {
  max: { email: "Max@example.com", email_verified: true, name: "Max Mustermann" },
  eva: { email: "eva@example.com", email_verified: false, name: "Eva Muster" },
  ida: { email: "ida@example.com", email_verified: true, name: "Ida Muster" },
};
let [passed, failed] = [0, 0];
const children = [];

// Whatever ends this ends the servers, too.
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));

const check = (name, holds, seen) => {
  holds ? passed++ : failed++;
  if (!holds) console.log(`${name} FAILED: ${seen}`);
};

const freePort = () =>
  new Promise((told) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => told(port));
    });
  });

// A provider that asks for PKCE; `apart` tells addresses only to whoever asks with the access token.
async function provider(back, apart) {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const client = {
    client_id: "ringbuch",
    client_secret: SECRET,
    redirect_uris: [back],
    grant_types: ["authorization_code"],
    response_types: ["code"],
  };
  const oidc = new Provider(issuer, {
    clients: [client],
    pkce: { required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    conformIdTokenClaims: apart,
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) }),
  });
  const server = oidc.listen(port, "127.0.0.1");
  await new Promise((ready) => server.once("listening", ready));
  return { issuer, close: () => server.close() };
}

// Keeps cookies by host and port, and follows what it is sent to one step at a time.
class Browser {
  jar = new Map();
  async go(address, form) {
    const { host, origin } = new URL(address);
    const kept = this.jar.get(host) ?? new Map();
    this.jar.set(host, kept);
    const headers = { cookie: [...kept].map(([name, value]) => `${name}=${value}`).join("; ") };
    if (form) Object.assign(headers, { origin, "content-type": "application/x-www-form-urlencoded" });
    const method = form ? "POST" : "GET";
    const body = form && new URLSearchParams(form).toString();
    const answer = await fetch(address, { method, headers, body, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(";")[0].split(/=(.*)/s);
      value && !/max-age=0|expires=thu, 01 jan 1970/i.test(line) ? kept.set(name, value) : kept.delete(name);
    }
    const location = answer.headers.get("location");
    return { status: answer.status, text: await answer.text(), next: location && new URL(location, address).href };
  }
}

// From the button to where it ends: the last answer of ours.
async function signsIn(url, person) {
  const browser = new Browser();
  const page = await browser.go(`${url}/login`);
  const button = page.text.match(/href="(\/login\/oidc[^"]*)"/)?.[1] ?? "/none";
  let seen = await browser.go(url + button.replaceAll("&amp;", "&"));
  let back = "";
  for (let step = 0; step < 20; step++) {
    const there = seen.next && new URL(seen.next);
    if (there && there.origin === url && there.pathname === "/login/oidc/callback") back = seen.next;
    const prompt = seen.text.match(/name="prompt" value="(\w+)"/)?.[1];
    if (seen.next) seen = await browser.go(seen.next);
    else if (prompt) {
      const action = new URL(seen.text.match(/<form[^>]* action="([^"]+)"/)[1], url).href;
      seen = await browser.go(action, { prompt, login: person, password: "anything" });
    } else break;
  }
  return { ...seen, browser, back };
}

async function ringbuch(name, issuer, port, secret) {
  const data = `${folder}/${name}`;
  mkdirSync(data, { recursive: true });
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    RINGBUCH_DATABASE_URL: `sqlite:${data}/ringbuch.db`,
    RINGBUCH_MASTER_KEY: `main:${randomBytes(32).toString("base64")}`,
    RINGBUCH_LISTEN: `127.0.0.1:${port}`,
    RINGBUCH_PUBLIC_URL: url,
    RINGBUCH_ALLOW_LOOPBACK: "true",
    RINGBUCH_OIDC_ISSUER: issuer,
    RINGBUCH_OIDC_CLIENT_ID: "ringbuch",
    RINGBUCH_OIDC_CLIENT_SECRET: secret,
    RINGBUCH_OIDC_NAME: "Morgenrot ID",
    RINGBUCH_SHUTDOWN_SECONDS: "0",
  };
  const run = (...words) => execFileSync(binary, words, { env, stdio: ["ignore", "pipe", "inherit"] });
  run("migrate");
  run("account", "add", "main", "--name", "Main");
  const company = ["--name", "Salon Morgenrot", "--zone", "Europe/Berlin", "--language", "de"];
  run("company", "add", "salon", "--account", "main", ...company, "--placeholder-domain", "anruf.example.com");
  for (const email of ["max@example.com", "eva@example.com"]) {
    run("--company", "salon", "user", "add", "--role", "viewer", "--email", email);
  }
  const server = spawn(binary, ["serve"], { env, stdio: ["ignore", "ignore", "inherit"] });
  children.push(server);
  for (let tries = 0; tries < 300; tries++) {
    try {
      if ((await fetch(`${url}/livez`)).ok) break;
    } catch {
      await new Promise((wait) => setTimeout(wait, 100));
    }
  }
  return { url, signedIn: () => JSON.parse(run("--json", "user", "list")), stop: () => server.kill("SIGINT") };
}

for (const [way, apart] of [["asked-for", true], ["in-the-token", false]]) {
  const port = await freePort();
  const at = await provider(`http://127.0.0.1:${port}/login/oidc/callback`, apart);
  const ours = await ringbuch(way, at.issuer, port, SECRET);
  const max = await signsIn(ours.url, "max");
  check(`${way}: signs in`, max.status === 200 && max.text.includes("Salon Morgenrot"), max.text);
  const again = await max.browser.go(max.back);
  check(`${way}: an answer is good once`, again.status === 422, again.text);
  const list = ours.signedIn();
  const known = (list.items ?? list).find((user) => user.email === "max@example.com");
  check(`${way}: it is a sign-in like any other`, Boolean(known?.signed_in_at), JSON.stringify(known));
  const eva = await signsIn(ours.url, "eva");
  check(`${way}: an unverified address`, eva.status === 422 && eva.text.includes("has not verified"), eva.text);
  const ida = await signsIn(ours.url, "ida");
  check(`${way}: nobody uninvited`, ida.status === 403 && ida.text.includes("Nobody was invited"), ida.text);
  ours.stop();
  at.close();
}

const port = await freePort();
const at = await provider(`http://127.0.0.1:${port}/login/oidc/callback`, true);
const ours = await ringbuch("wrong", at.issuer, port, "not-the-secret");
const refused = await signsIn(ours.url, "max");
check("a wrong client secret", refused.status === 422 && refused.text.includes("(invalid_client)"), refused.text);
check("no secret is told", !refused.text.includes("not-the-secret"), "it is");
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

// Lists and calls every tool of the five servers with the official TypeScript SDK, which also holds every structured
// answer against the tool's output schema; reads resources, gets prompts in both languages, completes ids.
//
//   node call.mjs READY.json     READY.json: the first line of `ringbuch demo --json`
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

const ready = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const company = ready.companies[0];
const known = variables(company);
let passed = 0;
let failed = 0;

function variables(company) {
  const body = JSON.stringify({
    event: 'call_started',
    call: {
      call_id: `call_peer_${randomUUID()}`, call_type: 'phone_call', direction: 'inbound', call_status: 'ongoing',
      agent_id: company.agent_id, from_number: '+4917139200042', to_number: company.numbers[0], start_timestamp: Date.now(),
    },
  });
  const now = Date.now();
  const seal = createHmac('sha256', company.retell_api_key).update(body + now).digest('hex');
  const night = new Date(now + 2 * 86_400_000);
  night.setUTCHours(1, 0, 0, 0);
  return {
    body, signature: `v=${now},d=${seal}`, night: night.toISOString(), unique: randomUUID(), number: company.numbers[0],
  };
}

const at = (value, path) => path.split('.').reduce((inner, name) => inner?.[name], value);
const filled = (value) => {
  if (typeof value === 'string' && value.startsWith('$')) return known[value.slice(1)];
  if (Array.isArray(value)) return value.map(filled);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([n, v]) => [n, filled(v)]));
  return value;
};
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

function judge(what, good, why) {
  if (good) passed += 1;
  else {
    failed += 1;
    console.log(`FAILED ${what}: ${why}`);
  }
}

async function connected(server, more) {
  const headers = { authorization: `Bearer ${company.api_key}`, ...more };
  const transport = new StreamableHTTPClientTransport(new URL(`${ready.url}/mcp/${server}`), { requestInit: { headers } });
  const client = new Client({ name: 'peer', version: '1.0.0' });
  await client.connect(transport);
  return client;
}

async function step(client, server, { tool, args, keep, same, until, fails }) {
  const what = `${server} ${tool}`;
  const asked = filled(args);
  try {
    let result = await client.callTool({ name: tool, arguments: asked });
    for (let tries = 0; until && tries < 100; tries += 1) {
      const wanted = Object.entries(filled(until));
      if (wanted.every(([name, value]) => Date.parse(at(result.structuredContent, name)) === Date.parse(value)
        || at(result.structuredContent, name) === value)) break;
      judgeLast(tries, what, result);
      await wait(200);
      result = await client.callTool({ name: tool, arguments: asked });
    }
    const text = result.content?.[0]?.text ?? '';
    judge(what, Boolean(result.isError) === Boolean(fails), text.slice(0, 500));
    judge(`${what} (text)`, text.length > 0 && [...text].length <= 15_000, `${text.length} characters`);
    for (const [name, path] of Object.entries(keep ?? {})) {
      known[name] = at(result.structuredContent, path);
      judge(`${what} keeps ${name}`, known[name] !== undefined && known[name] !== null, text.slice(0, 500));
    }
    for (const [name, path] of Object.entries(same ?? {})) {
      judge(`${what} again`, at(result.structuredContent, path) === known[name], text.slice(0, 500));
    }
  } catch (error) {
    judge(what, false, error);
  }
}

function judgeLast(tries, what, result) {
  if (tries === 99) judge(what, false, `never came about: ${result.content?.[0]?.text?.slice(0, 500)}`);
}

async function around(client, server) {
  const { prompts } = await client.listPrompts();
  for (const prompt of prompts) {
    for (const language of ['de', 'en']) {
      const own = Object.fromEntries((prompt.arguments ?? []).filter((it) => it.required).map((it) => [it.name, 'x1']));
      const { messages } = await client.getPrompt({ name: prompt.name, arguments: { ...own, language } });
      const german = messages[0].content.text.includes(' nicht') || messages[0].content.text.includes(' auf Deutsch');
      judge(`${server} ${prompt.name} ${language}`, german === (language === 'de'), messages[0].content.text);
    }
  }
  const { resources } = await client.listResources();
  for (const { uri } of resources) {
    const { contents } = await client.readResource({ uri });
    judge(`${server} ${uri}`, JSON.parse(contents[0].text) !== null, contents[0].text);
  }
  const { resourceTemplates } = await client.listResourceTemplates();
  for (const { uriTemplate } of resourceTemplates) {
    const ref = { type: 'ref/resource', uri: uriTemplate };
    const { completion } = await client.complete({ ref, argument: { name: 'id', value: '' } });
    judge(`${server} ${uriTemplate} completed`, completion.values.length > 0, JSON.stringify(completion));
    const uri = uriTemplate.replace('{id}', completion.values[0]);
    const { contents } = await client.readResource({ uri });
    judge(`${server} ${uri} read`, contents[0].uri === uri, contents[0].text);
  }
}

const steps = JSON.parse(readFileSync(new URL('steps.json', import.meta.url), 'utf8'));
for (const [name, list] of Object.entries(steps)) {
  const [server, line] = name.split(' on the ');
  const client = await connected(server, line ? { 'x-call-id': known.call } : {});
  const { tools } = await client.listTools();
  const called = new Set(list.map(({ tool }) => tool));
  const forgotten = tools.filter((tool) => !called.has(tool.name)).map((tool) => tool.name);
  judge(`${name}: every tool is called`, forgotten.length === 0 && called.size === tools.length, forgotten.join(', '));
  for (const one of list) await step(client, name, one);
  if (!line) await around(client, server);
  await client.close();
}
console.log(`typescript-sdk: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

// The conformance suite holds no key: this adds one on the way. Everything else goes through as it came.
//
//   node proxy.mjs LISTEN_PORT TARGET_PORT KEY
import http from 'node:http';

const [listen, target, key] = process.argv.slice(2);
http.createServer((request, response) => {
  const headers = { ...request.headers, authorization: `Bearer ${key}` };
  const onward = http.request({ host: '127.0.0.1', port: target, path: request.url, method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}).listen(Number(listen), '127.0.0.1');

import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const [file, instances] = process.argv.slice(2);
const context = { getRemainingTimeInMillis: () => 30_000 };

// Each instance has its own module state and connections, as a Lambda instance has.
for (let instance = 0; instance < Number(instances); instance += 1) {
  const { handler } = await import(`${file}?${instance}`);
  const poller = connect(Number(process.env['POLLER_PORT']), '127.0.0.1').setNoDelay(true);
  createInterface({ input: poller }).on('line', async (line) => {
    await handler({ Records: JSON.parse(line) }, context).catch(console.error);
    poller.write('idle');
  });
  poller.write('idle');
}
process.send?.('started');

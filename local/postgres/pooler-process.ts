/** Entry point of the pooler's process. Prints the port when it listens. */

import type { AddressInfo } from 'node:net';
import { makeTransactionPooler, type PoolerSettings } from './transaction-pooler.ts';

const { ownPort, ...settings } = JSON.parse(process.argv[2] ?? '{}') as PoolerSettings & {
  readonly ownPort: number;
};

// Ends the process with its parent, which may have been killed.
process.on('disconnect', () => process.exit());

const server = makeTransactionPooler(settings);
server.listen(ownPort, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});

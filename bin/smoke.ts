import { runSmoke } from '../ops/smoke-main.ts';

process.exitCode = await runSmoke({ out: (line) => console.log(line), err: (line) => console.error(line) });

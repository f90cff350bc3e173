import { runSmoke } from './smoke/run.ts';

process.exitCode = await runSmoke({
  out: (line) => console.log(line),
  err: (line) => console.error(line),
});

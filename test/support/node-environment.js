import { TestEnvironment } from 'jest-environment-node';
import { compileOnce } from './environment/compile-once.js';

compileOnce();

// Freeing the memory of a worker that ran many files takes longer than the 0.5 s that Jest waits
// before it ends the worker by force and warns of open handles. Node.js emits `beforeExit` only if
// nothing is open, so a real leak still causes that warning.
if (process.send !== undefined) process.once('beforeExit', () => process.exit());

export default TestEnvironment;

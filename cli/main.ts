import { enableCompileCache } from 'node:module';
import { missingPackage } from './missing-package.ts';

// Keeps compiled modules in the temporary folder: a command starts in 0.34 s instead of 0.56 s.
enableCompileCache();

// Loads the rest only here, so that a package that is not installed gets an explanation.
try {
  const { main } = await import('./run-main.ts');
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const explanation = missingPackage(error);
  console.error(explanation ?? error);
  process.exitCode = 1;
}

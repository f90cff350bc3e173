import { missingPackage } from './missing-package.ts';

// Loads the rest only here, so that a package that is not installed gets an explanation.
try {
  const { main } = await import('./run-main.ts');
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const explanation = missingPackage(error);
  console.error(explanation ?? error);
  process.exitCode = 1;
}

/** Prints the failures of a test run and a summary, and nothing about tests that pass. */
export default class FailuresReporter {
  #failed = false;

  onTestResult(_test, { failureMessage, testFilePath, displayName }) {
    if (!failureMessage) return;
    const file = testFilePath.slice(process.cwd().length + 1);
    process.stderr.write(`\nFAIL ${displayName?.name ?? ''} ${file}\n${failureMessage}\n`);
  }

  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numTotalTests } = results;
    const { numFailedTestSuites, numTotalTestSuites, startTime, wasInterrupted } = results;
    const seconds = ((Date.now() - startTime) / 1_000).toFixed(1);
    this.#failed = numFailedTestSuites > 0 || numFailedTests > 0;
    const failed = `${numFailedTests} failed, ${numPassedTests} passed, ${numPendingTests} skipped`;
    process.stderr.write(
      `\n${this.#failed ? 'Failed' : wasInterrupted ? 'Interrupted' : 'Passed'}: ` +
        `${failed} of ${numTotalTests} tests in ${numTotalTestSuites} files ` +
        `(${numFailedTestSuites} failed), ${seconds} s\n`,
    );
  }

  getLastError() {}
}

/** What makes Powertools and the tracer do what they do there. The tracer is told, as it mostly is, not to record this one. */
export const likeLambda = {
  TZ: ':UTC',
  LAMBDA_TASK_ROOT: '/var/task',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
  _X_AMZN_TRACE_ID: 'Root=1-6922d0d3-1f2e3d4c5b6a798001122334;Parent=53995c3f42cd8ad8;Sampled=0',
};

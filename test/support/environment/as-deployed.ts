// The bundles of the functions contain React's production build. The other build takes a stack for
// each element.
process.env['NODE_ENV'] = 'production';

// The default of Node.js. Jest sets 100 and takes a stack for each expect().
Error.stackTraceLimit = 10;

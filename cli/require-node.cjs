// Plain old JavaScript: it must run, and explain itself, on any Node that a machine may have.
'use strict';
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    'This project runs on Node.js 24, which `npm ci` installs for Linux and macOS; this is Node.js ' +
      process.versions.node +
      ' (' +
      process.platform +
      '-' +
      process.arch +
      '): run `npm ci` without --omit=optional, or put Node.js 22.18 or newer on the PATH.',
  );
  process.exit(1);
}

// Uses old JavaScript only, so that it can run and print its message on any version of Node.js.
'use strict';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    'This project requires Node.js 24, which `npm ci` installs for Linux and macOS. ' +
      'This is Node.js ' +
      process.versions.node +
      ' (' +
      process.platform +
      '-' +
      process.arch +
      '). Run `npm ci` without --omit=optional, or put Node.js 22.18 or newer on the PATH.',
  );
  process.exit(1);
}

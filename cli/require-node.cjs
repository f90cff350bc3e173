// Uses old JavaScript only, so that it can run and print its message on any version of Node.js.
'use strict';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    'This project requires Node.js 22.18 or newer; ' +
      '.nvmrc names the version that it is tested with. ' +
      'This is Node.js ' +
      process.versions.node +
      ' (' +
      process.platform +
      '-' +
      process.arch +
      '). On Linux run `npm ci` without --omit=optional, ' +
      'which installs that version. Elsewhere run `nvm install`.',
  );
  process.exit(1);
}

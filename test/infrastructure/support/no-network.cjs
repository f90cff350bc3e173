// Loaded into the app by synthesize.ts: whatever tries to reach another machine ends the synthesis.
const { Socket } = require('node:net');

Socket.prototype.connect = (...args) => {
  throw new Error(`The app asked for a network: ${JSON.stringify(args)}`);
};
require('node:dns').lookup = (name) => {
  throw new Error(`The app asked for a network: ${name}`);
};

// Loaded into the app by synthesize.ts. Any attempt to use the network fails the synthesis.
const { Socket } = require('node:net');

Socket.prototype.connect = (...args) => {
  throw new Error(`The app tried to use the network: ${JSON.stringify(args)}`);
};
require('node:dns').lookup = (name) => {
  throw new Error(`The app tried to use the network: ${name}`);
};

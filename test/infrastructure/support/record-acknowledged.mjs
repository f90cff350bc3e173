// Loaded into the app by synthesize-stages.ts. Writes each finding of cdk-nag that an
// acknowledgement removes, as rule and construct, and changes nothing else.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NagPack } from 'cdk-nag';

const acknowledged = [];
const { isAcknowledged } = NagPack.prototype;

// cdk-nag asks only for findings, once for each.
NagPack.prototype.isAcknowledged = function (resource, rule) {
  const isRemoved = isAcknowledged.call(this, resource, rule);
  if (isRemoved) acknowledged.push(`${rule} ${resource.node.path}`);
  return isRemoved;
};
process.once('exit', () =>
  writeFileSync(
    join(process.env.CDK_OUTDIR, 'acknowledged-findings.json'),
    JSON.stringify(acknowledged),
  ),
);

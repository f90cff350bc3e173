import { useState } from 'react';
import { CopyButton } from './controls.tsx';

/** Levels that are open at first. */
const OPEN_LEVELS = 2;

/** Levels that the tree shows. Chromium's stack overflows somewhere above 500 nested elements. */
const MAX_LEVELS = 100;

/** Shows JSON whose objects and lists fold. */
export function JsonTree({ value }: { readonly value: unknown }) {
  const [folding, setFolding] = useState({ levels: OPEN_LEVELS, version: 0 });
  const fold = (levels: number) => setFolding({ levels, version: folding.version + 1 });
  return (
    <div className="json">
      <div className="json-actions">
        <button type="button" onClick={() => fold(Number.POSITIVE_INFINITY)}>
          Open all
        </button>
        <button type="button" onClick={() => fold(1)}>
          Fold all
        </button>
        <CopyButton text={() => formatJson(value)}>Copy JSON</CopyButton>
      </div>
      <div className="json-tree" key={folding.version}>
        <Node value={value} level={0} openLevels={folding.levels} />
      </div>
    </div>
  );
}

/** Indents JSON, except for JSON so deep that indenting it overflows the stack. */
function formatJson(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2);
  } catch {
    return JSON.stringify(value);
  }
}

interface NodeProps {
  readonly name?: string;
  readonly value: unknown;
  readonly level: number;
  readonly openLevels: number;
}

function Node({ name, value, level, openLevels }: NodeProps) {
  if (typeof value !== 'object' || value === null)
    return (
      <div className="json-leaf">
        <Name name={name} />
        <span className={`json-${value === null ? 'null' : typeof value}`}>
          {JSON.stringify(value)}
        </span>
      </div>
    );
  const entries = Object.entries(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0)
    return (
      <div className="json-leaf">
        <Name name={name} />
        {open}
        {close}
      </div>
    );
  if (level >= MAX_LEVELS)
    return (
      <div className="json-leaf">
        <Name name={name} />
        {open} <span className="json-size">Deeper levels are in “Copy JSON” only.</span> {close}
      </div>
    );
  return (
    <details open={level < openLevels}>
      <summary>
        <Name name={name} />
        {open}
        <span className="json-size">
          {entries.length} {entries.length === 1 ? 'entry' : 'entries'}
        </span>
      </summary>
      <div className="json-children">
        {entries.map(([key, child]) => (
          <Node
            key={key}
            {...(Array.isArray(value) ? {} : { name: key })}
            value={child}
            level={level + 1}
            openLevels={openLevels}
          />
        ))}
      </div>
      {close}
    </details>
  );
}

function Name({ name }: { readonly name: string | undefined }) {
  return name === undefined ? null : <span className="json-name">{name}: </span>;
}

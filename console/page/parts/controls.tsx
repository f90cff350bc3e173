import { type ReactNode, useEffect, useId, useState } from 'react';

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, label: string])[];
  readonly onChange: (value: Value) => void;
}

/** Radio buttons in one row. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, options, onChange } = props;
  const name = useId();
  return (
    <fieldset className="choice">
      <legend className="unseen">{label}</legend>
      {options.map(([option, text]) => (
        <label key={option}>
          <input
            type="radio"
            name={name}
            checked={option === value}
            onChange={() => onChange(option)}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** A select with its label above. */
export function Select<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, options, onChange } = props;
  return (
    <label className="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value as Value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly onApply: (value: string) => void;
}

/** A text that applies when the field is left, when Enter is pressed, or when it is emptied. */
export function SearchField({ label, value, placeholder, onApply }: SearchFieldProps) {
  const [draft, setDraft] = useState(value);
  // Follows the address, for example after the browser's back button.
  useEffect(() => setDraft(value), [value]);
  const apply = (text: string) => {
    if (text.trim() !== value) onApply(text.trim());
  };
  return (
    <label className="field">
      <span>{label}</span>
      <input
        type="search"
        value={draft}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => {
          setDraft(target.value);
          if (target.value === '') apply('');
        }}
        onBlur={() => apply(draft)}
        onKeyDown={({ key }) => {
          if (key === 'Enter') apply(draft);
        }}
      />
    </label>
  );
}

const COPIED_MS = 1_500;

interface CopyButtonProps {
  readonly text: string | (() => string);
  readonly children: ReactNode;
}

export function CopyButton({ text, children }: CopyButtonProps) {
  const [state, setState] = useState<'ready' | 'copied' | 'failed'>('ready');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : text());
      setState('copied');
    } catch {
      setState('failed');
    }
    setTimeout(() => setState('ready'), COPIED_MS);
  };
  const done = { ready: '', copied: 'Copied', failed: 'Copying failed' }[state];
  return (
    <button type="button" className="copy" onClick={copy}>
      <span className={done === '' ? '' : 'replaced'}>{children}</span>
      <span role="status" className="copied">
        {done}
      </span>
    </button>
  );
}

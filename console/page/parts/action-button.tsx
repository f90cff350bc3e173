import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { messageOf } from '../app/api-client.ts';
import { useShell } from '../app/context.ts';

export interface ActionButtonProps {
  readonly label: string;
  /** Name for screen readers, with the object of the action. */
  readonly name?: string;
  readonly title: string;
  readonly description: ReactNode;
  readonly tone?: 'plain' | 'primary' | 'danger';
  /** True if the audit log requires a reason. */
  readonly reasonRequired?: boolean;
  readonly disabled?: boolean;
  /** Reads what the action would do, without doing it. */
  readonly preview?: (() => Promise<string>) | undefined;
  /** Additional field of the dialog, with its label. */
  readonly field?: { readonly label: string; readonly placeholder?: string };
  /** Runs the action. @returns a message about its result. */
  readonly run: (reason: string, fieldValue: string) => Promise<string>;
}

const MIN_REASON = 5;

/** A button that asks for confirmation and for the reason that the audit log keeps. */
export function ActionButton(props: ActionButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const { label, name, tone = 'plain', disabled = false } = props;
  return (
    <>
      <button
        type="button"
        className={tone}
        disabled={disabled}
        aria-label={name}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {label}
      </button>
      {isOpen ? <ActionDialog {...props} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

type DialogProps = ActionButtonProps & { readonly onClose: () => void };

function ActionDialog(props: DialogProps) {
  const { title, description, tone, label, reasonRequired = false, field, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  const [fieldValue, setFieldValue] = useState('');
  // Closing gives the focus back to the button; removing the open dialog would lose it.
  const close = () => dialog.current?.close();
  const { submit, isBusy, error } = useSubmit({ run: props.run, close }, reason, fieldValue);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const isReady =
    reasonLengthOk(reason, reasonRequired) && (field === undefined || fieldValue.trim() !== '');
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby={id}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !isBusy) void submit();
        }}
      >
        <h2 id={id}>{title}</h2>
        <div className="dialog-text">{description}</div>
        <Preview preview={props.preview} />
        {field === undefined ? null : (
          <label className="field">
            <span>{field.label}</span>
            <input
              value={fieldValue}
              placeholder={field.placeholder}
              required
              autoComplete="off"
              onChange={(event) => setFieldValue(event.target.value)}
            />
          </label>
        )}
        <ReasonField reason={reason} isRequired={reasonRequired} onChange={setReason} />
        <p role="alert" className="dialog-error">
          {error}
        </p>
        <div className="dialog-buttons">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button
            type="submit"
            className={tone ?? 'primary'}
            disabled={!isReady}
            aria-disabled={isBusy}
          >
            {isBusy ? 'Working…' : label}
          </button>
        </div>
      </form>
    </dialog>
  );
}

interface ReasonFieldProps {
  readonly reason: string;
  readonly isRequired: boolean;
  readonly onChange: (reason: string) => void;
}

const ReasonField = ({ reason, isRequired, onChange }: ReasonFieldProps) => (
  <label className="field">
    <span>
      Reason for the audit log
      {isRequired ? '' : ', optional'}, at least {MIN_REASON} characters
    </span>
    <input
      value={reason}
      maxLength={500}
      minLength={reason === '' ? 0 : MIN_REASON}
      required={isRequired}
      autoComplete="off"
      onChange={(event) => onChange(event.target.value)}
    />
  </label>
);

const reasonLengthOk = (reason: string, isRequired: boolean) =>
  reason.trim() === '' ? !isRequired : reason.trim().length >= MIN_REASON;

interface Submission extends Pick<ActionButtonProps, 'run'> {
  readonly close: () => void;
}

function useSubmit({ run, close }: Submission, reason: string, fieldValue: string) {
  const { notify, refresh } = useShell();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const submit = async () => {
    setBusy(true);
    setError('');
    try {
      notify(await run(reason.trim(), fieldValue.trim()));
      refresh();
      close();
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
    }
  };
  return { submit, isBusy, error };
}

function Preview({ preview }: Pick<ActionButtonProps, 'preview'>) {
  const [text, setText] = useState('Counting…');
  const load = useRef(preview);
  useEffect(() => {
    void load.current?.().then(setText, (error) => setText(messageOf(error)));
  }, []);
  return preview === undefined ? null : <p className="preview">{text}</p>;
}

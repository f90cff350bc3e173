/** Shows the first lines of an error in a list; its title holds the whole text. */
export const ErrorText = ({ text }: { readonly text: string }) => (
  <span className="error-text" title={text}>
    {text}
  </span>
);

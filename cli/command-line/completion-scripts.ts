/** Shells for which the command line writes a completion script. */
export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

export interface CompletionTarget {
  /** Program and arguments that print the candidates; the words to complete follow. */
  readonly complete: readonly string[];
  /** Scripts of package.json that the completion of npm continues after `--`. */
  readonly scripts: readonly string[];
}

/** Name under which npm installs the command line. */
const COMMAND = 'motion-mavericks';

/**
 * Returns a script that completes `motion-mavericks …`, `npm run ops -- …` and the other scripts.
 */
export function completionScript(shell: Shell, target: CompletionTarget): string {
  switch (shell) {
    case 'bash':
      return bashScript(target);
    case 'zsh':
      return zshScript(target);
    case 'fish':
      return fishScript(target);
  }
}

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

const fishQuote = (word: string) => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const bashScript = ({ complete, scripts }: CompletionTarget) => `# Completion of ${COMMAND}.
# Add to ~/.bashrc: eval "$(npm run -s ops -- completion bash)"
_motion_mavericks_reply() {
  local IFS=$'\\n' line
  COMPREPLY=()
  while read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(${complete.map(quote).join(' ')} "$@" 2>/dev/null)
  # Bash replaces only the part after the equals sign.
  if [[ \${COMP_WORDS[COMP_CWORD]} == '=' || \${COMP_WORDS[COMP_CWORD - 1]} == '=' ]]; then
    COMPREPLY=("\${COMPREPLY[@]#--*=}")
  fi
}
_motion_mavericks() {
  _motion_mavericks_reply "\${COMP_WORDS[@]:1:COMP_CWORD}"
}
_motion_mavericks_npm() {
  local index script=''
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in
      ${scripts.join('|')}) script="\${COMP_WORDS[index]}" ;;
      --)
        [[ -n $script ]] || break
        _motion_mavericks_reply "$script" "\${COMP_WORDS[@]:index+1:COMP_CWORD-index}"
        return
        ;;
    esac
  done
  if declare -F _npm_completion >/dev/null; then _npm_completion "$@"; fi
}
complete -o default -F _motion_mavericks ${COMMAND}
complete -o default -F _motion_mavericks_npm npm
`;

const zshScript = ({ complete, scripts }: CompletionTarget) => `# Completion of ${COMMAND}.
# Add to ~/.zshrc, after compinit: eval "$(npm run -s ops -- completion zsh)"
_motion_mavericks_reply() {
  local line value summary
  local -a candidates
  for line in "\${(@f)$(${complete.map(quote).join(' ')} "$@" 2>/dev/null)}"; do
    [[ -n $line ]] || continue
    value="\${\${line%%$'\\t'*}//:/\\\\:}"
    summary="\${line#*$'\\t'}"
    candidates+=("$value\${summary:+:$summary}")
  done
  (( \${#candidates} )) && _describe -V 'argument' candidates
}
_motion_mavericks() {
  _motion_mavericks_reply "\${(@)words[2,CURRENT]}"
}
_motion_mavericks_npm() {
  local index script=''
  for ((index = 2; index < CURRENT; index++)); do
    case "\${words[index]}" in
      ${scripts.join('|')}) script="\${words[index]}" ;;
      --)
        [[ -n $script ]] || break
        _motion_mavericks_reply "$script" "\${(@)words[index+1,CURRENT]}"
        return
        ;;
    esac
  done
  (( $+functions[_npm_completion] )) && _npm_completion "$@"
}
compdef _motion_mavericks ${COMMAND}
compdef _motion_mavericks_npm npm
`;

const fishScript = ({ complete, scripts }: CompletionTarget) => `# Completion of ${COMMAND}.
# Add to ~/.config/fish/config.fish: npm run -s ops -- completion fish | source
function __motion_mavericks_npm_words
    set -l script
    set -l words (commandline -opc) (commandline -ct)
    set -l count (count $words)
    for index in (seq 2 (math $count - 1))
        switch $words[$index]
            case ${scripts.join(' ')}
                set script $words[$index]
            case --
                test -n "$script"; or return 1
                printf '%s\\n' $script $words[(math $index + 1)..-1]
                return 0
        end
    end
    return 1
end
function __motion_mavericks_complete
    ${complete.map(fishQuote).join(' ')} $argv 2>/dev/null
end
complete -c npm -f -n '__motion_mavericks_npm_words >/dev/null' \\
    -a '(__motion_mavericks_complete (__motion_mavericks_npm_words))'
complete -c ${COMMAND} -f \\
    -a '(__motion_mavericks_complete (commandline -opc)[2..-1] (commandline -ct))'
`;

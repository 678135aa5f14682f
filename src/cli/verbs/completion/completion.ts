import { DropsweepError } from '../../../base/errors.ts';
import { type CliContext, sayData } from '../../cli-context.ts';

/** What each shell evaluates: it asks the program itself, whose verbs, flags and sweeps are then never out of date. */
const scripts: Readonly<Record<string, string>> = {
  bash: `_dropsweep() {
  # As bash 3.2 of macOS can: it has no mapfile.
  local IFS=$'\\n'
  COMPREPLY=($(dropsweep completion propose -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
  if [ "\${#COMPREPLY[@]}" -eq 0 ]; then COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")); fi
}
complete -o filenames -F _dropsweep dropsweep
`,
  zsh: `#compdef dropsweep
_dropsweep() {
  local -a proposed
  proposed=("\${(@f)$(dropsweep completion propose -- "\${(@)words[2,CURRENT]}" 2>/dev/null | cut -f 1)}")
  proposed=("\${(@)proposed:#}")
  if (( \${#proposed} )); then compadd -- "\${proposed[@]}"; else _files; fi
}
# Sourced, it is registered; as a file of fpath it is called.
if [[ "\${funcstack[1]}" == _dropsweep ]]; then _dropsweep "$@"; else compdef _dropsweep dropsweep; fi
`,
  fish: `function __dropsweep_proposed
  set -l words (commandline -opc) (commandline -ct)
  set -l proposed (dropsweep completion propose -- $words[2..-1] 2>/dev/null)
  if test (count $proposed) -gt 0
    printf '%s\\n' $proposed
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c dropsweep -f -a '(__dropsweep_proposed)'
`,
};

/** Prints a shell's script, or, asked by one with `propose`, what may stand where the last word is. */
export async function completion(this: CliContext, _flags: Record<never, never>, ...words: string[]): Promise<void> {
  const [shell = '', ...typed] = words;
  if (shell === 'propose') {
    const lines = await this.propose(typed);
    if (lines.length > 0) sayData(this, lines.join('\n'));
    return;
  }
  const script = scripts[shell];
  if (script === undefined) {
    throw new DropsweepError('USAGE', 'there is no completion for this shell', {
      got: shell,
      expected: Object.keys(scripts).join(', '),
    });
  }
  sayData(this, script);
}

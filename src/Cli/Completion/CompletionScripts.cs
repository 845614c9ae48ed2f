namespace Moldau.Cli;

/// <summary>
/// What shells run to complete a line: each asks the program itself, by System.CommandLine's <c>[suggest:POSITION]</c>, so that commands and options are never written twice.
/// </summary>
internal static class CompletionScripts
{
    public static readonly IReadOnlyList<string> Shells = ["bash", "zsh", "fish", "pwsh"];

    private const string Bash = """
        # moldau completion bash > /etc/bash_completion.d/moldau, or: source <(moldau completion bash)
        _moldau_completion() {
          local word=${COMP_WORDS[COMP_CWORD]} suggestion
          COMPREPLY=()
          while IFS= read -r suggestion; do
            [[ $suggestion == "$word"* ]] && COMPREPLY+=("$suggestion")
          done < <("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
          [[ ${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- "$word"))
        }
        complete -F _moldau_completion moldau
        """;

    private const string Zsh = """
        #compdef moldau
        # moldau completion zsh > "${fpath[1]}/_moldau", or: source <(moldau completion zsh)
        _moldau() {
          local -a suggestions
          suggestions=("${(@f)$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
          if [[ -n "${suggestions[1]}" ]]; then
            compadd -a suggestions
          else
            _files
          fi
        }
        if [[ "${funcstack[1]}" == _moldau ]]; then _moldau "$@"; else compdef _moldau moldau; fi
        """;

    private const string Fish = """
        # moldau completion fish > ~/.config/fish/completions/moldau.fish
        function __moldau_suggestions
            set -l line (commandline -cp)
            moldau "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c moldau -a '(__moldau_suggestions)'
        """;

    private const string PowerShell = """
        # moldau completion pwsh >> $PROFILE
        Register-ArgumentCompleter -Native -CommandName moldau -ScriptBlock {
            param($word, $commandAst, $cursor)
            moldau "[suggest:$cursor]" "$commandAst" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    /// <summary>The script of one of <see cref="Shells"/>.</summary>
    public static string Of(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        "pwsh" or "powershell" => PowerShell,
        _ => throw CliException.Usage($"completion {shell}: there are scripts for {string.Join(", ", Shells)}"),
    };
}

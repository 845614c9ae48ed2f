#!/usr/bin/env bash
# What shells complete: commands, options, values, and names of topics and groups from the cluster. In each of bash, zsh and fish that is installed.
source "$(dirname "$0")/lib.sh"
[ -x "$moldau" ] || skip_all completion "artifacts/moldau/moldau is not built"
node_known completion
node_start
mkdir "$work/bin"
ln -s "$moldau" "$work/bin/moldau"
export PATH=$work/bin:$PATH B=$bootstrap
unset "${!MOLDAU_COMPAT_@}"
for topic in completed-orders completed-bills; do moldau topics create "$topic" -b "$bootstrap" >/dev/null; done
echo x | moldau produce completed-orders -b "$bootstrap"
moldau consume completed-orders --group completing --from-beginning --max-messages 1 -b "$bootstrap" >/dev/null

# lines of "what is typed|what is offered"
cases="moldau topics desc|describe
moldau consume --from-|--from-beginning
moldau start --overr|--override
moldau partitions elect --type pre|preferred
moldau topics describe -b $bootstrap completed-o|completed-orders
moldau produce -b $bootstrap --topic completed-b|completed-bills
moldau groups describe -b $bootstrap completi|completing"

cat > "$work/complete.bash" <<'BASH'
source <(moldau completion bash)
COMP_LINE=$1 COMP_POINT=${#1}
read -ra COMP_WORDS <<< "$1"
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_moldau_completion
echo "${COMPREPLY[*]}"
BASH
while IFS='|' read -r line offered; do same "completion/bash/${line//[ :]/-}" "$offered" "$(bash "$work/complete.bash" "$line")"; done <<<"${cases//$bootstrap/$B}"

if command -v fish >/dev/null; then
  moldau completion fish > "$work/moldau.fish"
  while IFS='|' read -r line offered; do same "completion/fish/${line//[ :]/-}" "$offered" "$(HOME=$work fish --no-config -c "source $work/moldau.fish; complete -C '$line'" 2>/dev/null | cut -f1)"; done <<<"$cases"
else skip completion/fish "fish is not installed"; fi

if command -v zsh >/dev/null; then
  # A shell at a terminal of its own: the line is typed, Tab is pressed, and what stands there then is read.
  cat > "$work/complete.zsh" <<'ZSH'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1='> '; autoload -U compinit; compinit -u -D; source <(moldau completion zsh); show() { print -r -- \$BUFFER >> $SHOWN; BUFFER=; }; zle -N show; bindkey '^T' show; : >> $SHOWN"
wait_lines() { local tries=0 chunk; while (( tries++ < 200 )) && [[ ! -e $SHOWN || $(wc -l < $SHOWN) -lt $1 ]]; do zpty -r -t shell chunk; sleep 0.1; done; }
wait_lines 0
asked=0
while IFS= read -r line; do
  zpty -w -n shell "$line"$'\t\C-t'
  wait_lines $(( ++asked ))
done
zpty -d shell
ZSH
  SHOWN=$work/shown zsh -f "$work/complete.zsh" <<<"$(cut -d'|' -f1 <<<"$cases")" >/dev/null 2>&1
  paste -d'|' <(cut -d'|' -f1 <<<"$cases") "$work/shown" > "$work/zsh"
  while IFS='|' read -r line offered; do
    same "completion/zsh/${line//[ :]/-}" "${line% *} $offered" "$(grep -F "$line|" "$work/zsh" | head -1 | sed 's/^[^|]*|//; s/[[:space:]]*$//')"
  done <<<"$cases"
else skip completion/zsh "zsh is not installed"; fi
finish

#!/usr/bin/env bash
# long: trims the client, the node in process and all of .NET below them, and compiles them ahead of time, which takes minutes
# The rooms that programs ask for, whole, in a program that is trimmed and in one that is compiled ahead of time; every warning of the trimmer and of the compiler is an error. Both run.
source "$(dirname "$0")/lib.sh"
need client-trimmed dotnet
mkdir -p "$work/app" && cd "$work/app" || exit 1
roots=(Core Runtime Runtime.Os Configuration Protocol Records Client Hosting Embedded Testing)
cat > app.csproj <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable><RuntimeIdentifier>\$(NETCoreSdkRuntimeIdentifier)</RuntimeIdentifier>
    <PublishTrimmed>true</PublishTrimmed><TrimMode>full</TrimMode><TrimmerSingleWarn>false</TrimmerSingleWarn><EnableAotAnalyzer>true</EnableAotAnalyzer><InvariantGlobalization>true</InvariantGlobalization>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors><ILLinkTreatWarningsAsErrors>true</ILLinkTreatWarningsAsErrors><IlcTreatWarningsAsErrors>true</IlcTreatWarningsAsErrors>
    <!-- The linker that is there; the SDK asks for clang unless told otherwise. -->
    <CppCompilerAndLinker Condition="'$(command -v clang)' == ''">gcc</CppCompilerAndLinker>
  </PropertyGroup>
  <ItemGroup>
$(for room in Testing Hosting; do echo "    <ProjectReference Include=\"$root/src/$room/$room.csproj\" />"; done)
$(for room in "${roots[@]}"; do echo "    <TrimmerRootAssembly Include=\"Moldau.$room\" />"; done)
  </ItemGroup>
</Project>
PROJECT
cp "$compat/packages/Program.cs" .
# The program of the packages, but for Protobuf: Google's library, not ours, has warnings of its own (JsonFormatter).
cat > Durations.cs <<'PROGRAM'
global using Duration = long;
using Moldau.Client;

internal static class Durations
{
    public static ISerde<long> Serde => Serdes.Int64;

    public static long Of(long seconds) => seconds;

    public static long Seconds(long duration) => duration;
}
PROGRAM

# ./test gives a script ten minutes; with other work beside it more is needed.
seconds=${MOLDAU_COMPAT_PUBLISH_SECONDS:-280}
# published NAME ARGS...: publishes into $work/NAME and runs it. A publication that does not end is a failure of its own; its last lines say where it stood.
published() {
  local name=$1 code; shift
  timeout "$seconds" dotnet publish -c Release -v minimal --nologo --disable-build-servers -o "$work/$name" "$@" > "$work/$name.out" 2>&1 </dev/null
  code=$?
  if [ "$code" -eq 124 ]; then fail "client-trimmed/$name" "it did not end in $seconds seconds (MOLDAU_COMPAT_PUBLISH_SECONDS gives it more): $(tail -3 "$work/$name.out")"; return; fi
  if [ "$code" -ne 0 ]; then
    if grep -qE 'NU110[123].*(ILCompiler|NativeAOT)|Platform linker' "$work/$name.out"; then skip "client-trimmed/$name" "$(grep -m1 -oE '(NU110[123]|Platform linker).*' "$work/$name.out" | cut -c1-200)"
    else fail "client-trimmed/$name" "$(grep -E 'error|warn' "$work/$name.out" | sort -u | head -5)"; fi
    return
  fi
  ok "client-trimmed/$name"
  same "client-trimmed/$name-runs" "$(cat "$compat/packages/expected.txt")" "$(timeout 120 "$work/$name/app" 2>&1)"
}
published trimmed --self-contained
published ahead -p:PublishAot=true
finish

#!/usr/bin/env bash
# The packages of the rooms, from a folder: what they say of themselves, and a project on them that knows nothing of this repository: a node in process, its client, a fault, a kill.
source "$(dirname "$0")/lib.sh"
need packages dotnet unzip
packages=$work/packages
dotnet msbuild "$root/tools/pack.proj" "-p:To=$packages" -v:quiet -nologo -m >"$work/pack" 2>&1 || { fail packages/pack "$(grep error "$work/pack" | sort -u | head -3)"; finish; }
ok packages/pack

# says PACKAGE-FILE: what is wrong with it, one line each.
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$root/Directory.Build.props")
says() {
  local name=${1##*/} files spec symbols id
  name=${name%."$version".nupkg}
  files=$(unzip -Z1 "$1")
  symbols=$(unzip -Z1 "${1%.nupkg}.snupkg" 2>&1)
  spec=$(unzip -p "$1" "$name.nuspec")
  grep -qx "lib/net10.0/$name.dll" <<< "$files" || echo "$name has no lib/net10.0/$name.dll"
  grep -qF '<license type="expression">Apache-2.0</license>' <<< "$spec" || echo "$name has no licence"
  grep -qF '<repository type="git" commit=' <<< "$spec" || echo "$name does not say of which commit it is"
  grep -qxF "$(sed -n 's:.*<readme>\(.*\)</readme>.*:\1:p' <<< "$spec")" <<< "$files" || echo "$name has no readme"
  grep -qF "$root" <<< "$spec" && echo "$name names $root"
  grep -qx "lib/net10.0/$name.pdb" <<< "$symbols" || echo "$name has no symbols"
  for id in $(sed -n 's:.*<dependency id="\(Moldau[^"]*\)" version="\([^"]*\)".*:\1.\2:p' <<< "$spec"); do [ -e "$packages/$id.nupkg" ] || echo "$name needs $id, which is not there"; done
  case $name in
    Moldau.Client | Moldau.Client.Protobuf | Moldau.Hosting | Moldau.Embedded | Moldau.Testing) grep -qx "lib/net10.0/$name.xml" <<< "$files" || echo "$name has no documentation" ;;
  esac
}
same packages/contents "" "$(for package in "$packages"/*.nupkg; do says "$package"; done)"
same packages/program 0 "$(find "$packages" -iname 'moldau.host.*' -o -iname 'moldau.0*' -o -iname 'moldau.cli.*' | wc -l)"

mkdir -p "$work/outside" && cd "$work/outside" || exit 1
echo "<configuration><packageSources><add key=\"local\" value=\"$packages\" /></packageSources></configuration>" > nuget.config
# Other people's packages are those that the build has; ours must not stay among them.
cat > outside.csproj <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable><TreatWarningsAsErrors>true</TreatWarningsAsErrors>
    <RestorePackagesPath>$work/restored</RestorePackagesPath><RestoreFallbackFolders>${NUGET_PACKAGES:-$HOME/.nuget/packages}</RestoreFallbackFolders>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Moldau.Testing" Version="$version" />
    <PackageReference Include="Moldau.Hosting" Version="$version" />
    <PackageReference Include="Moldau.Client.Protobuf" Version="$version" />
  </ItemGroup>
</Project>
PROJECT
cp "$compat"/packages/*.cs .
dotnet build -v quiet --nologo >"$work/build" 2>&1 || { fail packages/build "$(grep error "$work/build" | sort -u | head -3)"; finish; }
ok packages/build
same packages/run "$(cat "$compat/packages/expected.txt")" "$(timeout 120 dotnet bin/Debug/net10.0/outside.dll 2>&1)"
finish

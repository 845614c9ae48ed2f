#!/usr/bin/env bash
# long: packs all rooms and builds a project on the packages, which takes minutes
# The packages of the rooms, from a folder, in a project that knows nothing of this repository: a node in process, its client, a fault, a kill.
source "$(dirname "$0")/lib.sh"
need packages dotnet
packages=$work/packages
for project in "$root"/src/*/*.csproj; do
  dotnet pack "$project" -c Release -v quiet --nologo -o "$packages" >"$work/pack" 2>&1 || { fail packages/pack "$(grep error "$work/pack" | sort -u | head -3)"; finish; }
done
ok packages/pack
mkdir -p "$work/outside" && cd "$work/outside" || exit 1
echo "<configuration><packageSources><add key=\"local\" value=\"$packages\" /></packageSources></configuration>" > nuget.config
cat > outside.csproj <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings>
    <RestorePackagesPath>$work/restored</RestorePackagesPath>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="Moldau.Testing" Version="*" /></ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'PROGRAM'
using System.Text;
using Moldau.Client;
using Moldau.Protocol;
using Moldau.Testing;

await using var node = await TestNode.StartAsync();
await using var producer = new Producer(node.For(new ProducerOptions()));
using var fault = node.Faults.Fail(ApiKey.Produce, ErrorCode.NotLeaderOrFollower, times: 3);
await producer.SendAsync("t", Encoding.UTF8.GetBytes("key"), Encoding.UTF8.GetBytes("first"));
await node.CrashAsync();
await node.RestartAsync();
await producer.SendAsync("t", Encoding.UTF8.GetBytes("key"), Encoding.UTF8.GetBytes("second"));
await using var consumer = new Consumer(node.For(new ConsumerOptions { GroupId = "g", OffsetReset = OffsetReset.Earliest }));
consumer.Subscribe("t");
var count = 0;
await foreach (var record in consumer.ConsumeAsync())
{
    Console.WriteLine(Encoding.UTF8.GetString(record.Value.ToArray()));
    if (++count == 2)
    {
        break;
    }
}

Console.WriteLine($"{fault.Hits} refused");
PROGRAM
dotnet build -v quiet --nologo >"$work/build" 2>&1 || { fail packages/build "$(grep error "$work/build" | sort -u | head -3)"; finish; }
ok packages/build
same packages/run "first second 3 refused" "$(timeout 120 dotnet bin/Debug/net10.0/outside.dll 2>&1 | tr '\n' ' ' | sed 's/ $//')"
finish

#!/usr/bin/env bash
# long: builds the client and trims a program with it, which takes minutes
# Moldau.Client in a program that is trimmed, every warning of the trimmer and of the analyzers for ahead-of-time compilation an error: producer, group and admin against the node.
source "$(dirname "$0")/lib.sh"
need client-trimmed dotnet
mkdir -p "$work/app" && cd "$work/app" || exit 1
cat > app.csproj <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><RuntimeIdentifier>linux-x64</RuntimeIdentifier><SelfContained>true</SelfContained>
    <PublishTrimmed>true</PublishTrimmed><TrimMode>full</TrimMode><TrimmerSingleWarn>false</TrimmerSingleWarn><EnableAotAnalyzer>true</EnableAotAnalyzer>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors><ILLinkTreatWarningsAsErrors>true</ILLinkTreatWarningsAsErrors>
  </PropertyGroup>
  <ItemGroup>
    <ProjectReference Include="$root/src/Client/Client.csproj" />
    <TrimmerRootAssembly Include="Moldau.Client" />
  </ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'PROGRAM'
using System.Text;
using Moldau.Client;

string servers = args[0], topic = args[1];
await using var admin = new AdminClient(AdminOptions.FromProperties([new("bootstrap.servers", servers)]));
await admin.CreateTopicAsync(new NewTopic(topic, 2));
await using var producer = new Producer(new ProducerOptions { BootstrapServers = servers });
for (var i = 0; i < 5; i++)
{
    await producer.SendAsync(topic, Encoding.UTF8.GetBytes($"{i}"));
}

await using var consumer = new Consumer(new ConsumerOptions { BootstrapServers = servers, GroupId = topic, OffsetReset = OffsetReset.Earliest });
consumer.Subscribe(topic);
var count = 0;
await foreach (var record in consumer.ConsumeAsync())
{
    if (++count == 5)
    {
        break;
    }
}

Console.WriteLine($"{count} records, {(await admin.ListGroupsAsync()).Count(group => group.GroupId == topic)} group, {(await admin.DescribeTopicAsync(topic)).Partitions.Count} partitions");
PROGRAM
dotnet publish -c Release -v quiet --nologo -o "$work/out" >"$work/publish" 2>&1 || { fail client-trimmed/publish "$(grep -E 'error|warn' "$work/publish" | sort -u | head -3)"; finish; }
ok client-trimmed/publish
node_start
same client-trimmed/run "5 records, 1 group, 2 partitions" "$(timeout 120 "$work/out/app" "$bootstrap" "$(unique trimmed)" 2>&1 | tail -1)"
finish

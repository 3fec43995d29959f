using AccessFunctions.Conformance.Tests;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Functions.Tests.Scenarios;

/// <summary>Recordings on the Azure host: each view through the orchestration, the link's end looked at over HTTP.</summary>
public sealed class RecordingTests
{
    [Fact]
    public async Task ALink_PlaysForItsPerson_AndIsRefusedAfterTheEnd()
    {
        var folder = Directory.CreateTempSubdirectory("access-recordings-").FullName;
        try
        {
            await RecordingStory.Fill(folder);
            var address = $"http://127.0.0.1:{FreePort.Find()}/";
            await using var host = await AzureScenarioHost.Start(
                new ManualTimeProvider(), [RecordingStory.Group], new Dictionary<string, string?> { ["urls"] = address, ["Host:PublicAddress"] = address }, RecordingStory.Platform(folder));
            await RecordingStory.Tell(host);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

using System.Text.Json;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;
using Xunit;

namespace AccessFunctions.Functions.Tests;

public sealed class PayloadTests
{
    [Fact]
    public void Payload_ThroughAnyJsonSerializer_KeepsTheSignalsType()
    {
        var sent = Payload.Of(new Raised(new Cancel { Id = "s1", By = "alice", Channel = Channel.SignedIn, At = default, Facts = ActorFacts.Plain }));

        var received = JsonSerializer.Deserialize<Payload>(JsonSerializer.Serialize(sent))!;

        Assert.Equal("alice", Assert.IsType<Cancel>(received.Read<Raised>().Signal).By);
    }
}

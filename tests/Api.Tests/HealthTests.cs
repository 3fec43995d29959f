using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace AccessFunctions.Api.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task Live_AnswersWhateverTheParts()
    {
        using var api = new TestApi(services => services.AddSingleton(Part("store", new Readiness(ReadinessStatus.Down, "gone"))));
        Assert.Equal(200, (await api.Send("GET", "/health/live")).Status);
    }

    [Theory]
    [InlineData(ReadinessStatus.Ok, 200)]
    [InlineData(ReadinessStatus.Degraded, 200)]
    [InlineData(ReadinessStatus.Down, 503)]
    public async Task Ready_IsAsBadAsTheWorstPart(ReadinessStatus worst, int status)
    {
        using var api = new TestApi(services => services
            .AddSingleton(Part("config", new Readiness(ReadinessStatus.Ok, "read")))
            .AddSingleton(Part("store", new Readiness(worst, "words"))));
        var reply = await api.Send("GET", "/health/ready");
        Assert.Equal(status, reply.Status);
        Assert.Equal(worst.ToString(), (string)reply.Json["status"]!);
        Assert.Equal(("store", "words"), ((string)reply.Json["parts"]![1]!["name"]!, (string)reply.Json["parts"]![1]!["words"]!));
    }

    [Fact]
    public async Task APartThatThrows_IsDown_AndItsWordsStayInside()
    {
        var part = Part("store", new Readiness(ReadinessStatus.Ok, ""));
        part.Check(Arg.Any<CancellationToken>()).ThrowsAsync(new IOException("/var/secret/place"));
        using var api = new TestApi(services => services.AddSingleton(part));
        var reply = await api.Send("GET", "/health/ready");
        Assert.Equal(503, reply.Status);
        Assert.DoesNotContain("secret", reply.Text, StringComparison.Ordinal);
    }

    private static IReadinessCheck Part(string name, Readiness readiness)
    {
        var part = Substitute.For<IReadinessCheck>();
        part.Name.Returns(name);
        part.Check(Arg.Any<CancellationToken>()).Returns(readiness);
        return part;
    }
}

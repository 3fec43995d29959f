using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Manual;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Manual;

public sealed class ManualPlatformTests
{
    private static readonly ManualPlatform Platform = new(
        new ManualOptions
        {
            Name = "office",
            Fulfillers = ["group:facilities", "role:Admin"],
            Resources =
            [
                new ManualResource { Name = "badge", Description = "Access to the server room" },
                new ManualResource { Name = "safe", Fulfillers = ["frank", "left", "nobody"] },
                new ManualResource { Name = "attic", Fulfillers = ["left"] },
            ],
        },
        new SomePeople(
            new Person { Id = "alice", Name = "Alice", Groups = ["facilities"] },
            new Person { Id = "frank", Name = "Frank", Groups = ["facilities"] },
            new Person { Id = "dave", Name = "Dave", Roles = [Roles.Admin], Groups = ["facilities"] },
            new Person { Id = "left", Name = "Left", Active = false }));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Grant_NamesTheFulfillers_AndNeverTheRequester()
    {
        Assert.Equal(["dave", "frank"], (await Platform.Grant(Order("office/badge"), Cancellation)).Fulfillers);
        Assert.Equal(["frank"], (await Platform.Grant(Order("office/safe"), Cancellation)).Fulfillers);
    }

    [Fact]
    public async Task Grant_WithNobodyToDoIt_FailsAndMayBeTriedAgain() =>
        Assert.False((await Assert.ThrowsAsync<PlatformException>(() => Platform.Grant(Order("office/attic"), Cancellation))).Permanent);

    [Fact]
    public async Task Grant_OfWhatIsNotOffered_FailsForGood()
    {
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => Platform.Grant(Order("office/roof"), Cancellation))).Permanent);
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => Platform.Grant(Order("office/badge") with { Kind = AccessKind.Role }, Cancellation))).Permanent);
    }

    [Fact]
    public async Task ReadBack_AwaitsAFulfiller()
    {
        await Platform.Revoke(Order("office/badge"), Cancellation);
        var found = await Platform.ReadBack(Order("office/badge"), Cancellation);
        Assert.True(found.AwaitsPerson);
        Assert.Equal(["dave", "frank"], found.Fulfillers);
        Assert.Empty((await Platform.ReadBack(Order("office/attic"), Cancellation)).Fulfillers!);
    }

    [Fact]
    public async Task Resources_AreTheConfiguredOnes()
    {
        var resources = await Platform.Resources(Cancellation);
        Assert.Equal(["office/badge", "office/safe", "office/attic"], resources.Select(resource => resource.Resource));
        Assert.Null(await Platform.Secret(Order("office/badge"), Cancellation));
        Assert.Null(Platform.Shared(Order("office/badge")));
    }

    private static PlatformOrder Order(string resource) => new()
    {
        RequestId = "r-1",
        GrantId = "g-1",
        Resource = resource,
        Kind = AccessKind.Other,
        Requester = "alice",
        End = DateTimeOffset.UnixEpoch,
    };
}

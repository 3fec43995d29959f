using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application;
using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Application.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace AccessFunctions.Api.Tests;

/// <summary>The address that gateways post to, where something behind it fails. What it takes and refuses is in the conformance scenarios.</summary>
public sealed class MailRouteTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task AStoreThatFails_AsksTheGatewayToTryAgain()
    {
        var store = Substitute.For<IChannelStore>();
        store.Find(default!, default!, default).ThrowsAsyncForAnyArgs(new IOException("the disk is full"));
        using var api = new TestApi(services => Add(services, store));
        var body = "{}"u8.ToArray();
        var reply = await api.Send("POST", "/api/mail/inbound", null, "{}", headers: [(PostSignature.Header, PostSignature.Sign(Secret, api.Clock.GetUtcNow(), body))]);
        Assert.Equal((503, "unavailable"), (reply.Status, reply.Problem));
        Assert.Equal("30", reply.Headers["Retry-After"]);
        Assert.DoesNotContain("disk", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASignatureGivenTwice_IsNone()
    {
        using var api = new TestApi(services => Add(services, Substitute.For<IChannelStore>()));
        var http = api.Context("POST", "/api/mail/inbound", "{}");
        var signature = PostSignature.Sign(Secret, api.Clock.GetUtcNow(), "{}"u8.ToArray());
        http.Request.Headers[PostSignature.Header] = new StringValues([signature, signature]);
        var reply = await api.Run(http);
        Assert.Equal((401, "unauthenticated"), (reply.Status, reply.Problem));
    }

    private static void Add(IServiceCollection services, IChannelStore store)
    {
        var reader = Substitute.For<IMailReader>();
        reader.MediaType.Returns("application/json");
        reader.Read(default).ReturnsForAnyArgs(MailReading.Of(new InboundMail { Fingerprint = new string('0', 64), Fields = [], From = [], Recipients = [], Text = new Lazy<string>("") }));
        services.AddSingleton(reader);
        services.AddSingleton(store);
        services.AddSingleton<ReplyTokens>();
        services.AddSingleton(new ReplySettings("access@example.com", "mx.example.com"));
        services.AddSingleton(new PostSecrets([Secret]));
        services.AddSingleton<MailReplies>();
        services.AddSingleton<MailPosts>();
    }
}

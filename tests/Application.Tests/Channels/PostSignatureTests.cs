using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Channels.Replies;

namespace AccessFunctions.Application.Tests.Channels;

public sealed class PostSignatureTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Body = "From: bob@example.com\r\n\r\nAPPROVE"u8.ToArray();

    [Fact]
    public void Signature_IsHmacOverTimeDotBody()
    {
        var seconds = Now.ToUnixTimeSeconds();
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{seconds}.").Concat(Body).ToArray());
        Assert.Equal($"t={seconds},v1={Convert.ToHexStringLower(expected)}", PostSignature.Sign(Secret, Now, Body));
        Assert.True(Valid(PostSignature.Sign(Secret, Now, Body)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(300, true)]
    [InlineData(-300, true)]
    [InlineData(301, false)]
    [InlineData(-301, false)]
    [InlineData(int.MaxValue, false)]
    public void Signature_IsTaken_FiveMinutesEitherWay(int off, bool taken) => Assert.Equal(taken, Valid(PostSignature.Sign(Secret, Now.AddSeconds(off), Body)));

    [Fact]
    public void WhileASecretIsChanged_EitherSideMayBeAhead()
    {
        var (old, fresh) = (PostSignature.Sign(Secret, Now, Body), PostSignature.Sign("another-secret-of-enough-characters", Now, Body));
        Assert.True(PostSignature.IsValid(old, Body, ["another-secret-of-enough-characters", Secret], Now));
        Assert.True(PostSignature.IsValid($"{fresh},{old.Split(',')[1]}", Body, [Secret], Now));
        Assert.False(PostSignature.IsValid(fresh, Body, [Secret], Now));
        Assert.False(PostSignature.IsValid(old, Body, [], Now));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("t=,v1=")]
    [InlineData("v1={0}")]
    [InlineData("t={1}")]
    [InlineData("t={1},t={1},v1={0}")]
    [InlineData("t={1},v1={0}00")]
    [InlineData("t={1},v1=zz")]
    [InlineData("t=+{1},v1={0}")]
    [InlineData("t={1} ,v0={0}")]
    [InlineData("t=99999999999999999999,v1={0}")]
    public void Malformed_IsRefused(string? header)
    {
        var good = PostSignature.Sign(Secret, Now, Body).Split(",v1=");
        Assert.False(Valid(header?.Replace("{0}", good[1], StringComparison.Ordinal).Replace("{1}", good[0][2..], StringComparison.Ordinal)));
    }

    [Fact]
    public void OneBitOfBodyTimeOrSignature_MakesItWrong()
    {
        var good = PostSignature.Sign(Secret, Now, Body);
        Assert.False(PostSignature.IsValid(good, [.. Body, 0], [Secret], Now));
        Assert.False(Valid(good.Replace($"t={Now.ToUnixTimeSeconds()}", $"t={Now.ToUnixTimeSeconds() + 1}", StringComparison.Ordinal)));
        Assert.False(Valid(good[..^1] + (good[^1] == '0' ? '1' : '0')));
        Assert.False(Valid(good + string.Concat(Enumerable.Repeat("," + good.Split(',')[1], 20))));
    }

    private static bool Valid(string? header) => PostSignature.IsValid(header, Body, [Secret], Now);
}

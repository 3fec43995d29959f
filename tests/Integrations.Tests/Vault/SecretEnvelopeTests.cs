using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Integrations.Vault;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Vault;

public sealed class SecretEnvelopeTests
{
    private const string Name = "vault/db-admin";
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("hunter2");
    private static readonly byte[] FirstBytes = RandomNumberGenerator.GetBytes(KeyEncryptionKey.Length);
    private static readonly KeyEncryptionKey First = new(FirstBytes);
    private static readonly KeyRing Ring = new(First);

    [Fact]
    public void Open_OfASealedSecret_GivesIt() => Assert.Equal(Secret, SecretEnvelope.Open(Ring, Name, SecretEnvelope.Seal(Ring, Name, Secret)));

    [Fact]
    public void Seal_Twice_GivesDifferentBytesAndNeverTheSecret()
    {
        var (one, two) = (SecretEnvelope.Seal(Ring, Name, Secret), SecretEnvelope.Seal(Ring, Name, Secret));
        Assert.NotEqual(one, two);
        Assert.Equal(-1, one.AsSpan().IndexOf(Secret));
        Assert.Equal(-1, one.AsSpan().IndexOf(FirstBytes));
    }

    [Fact]
    public void Open_UnderAnotherName_IsRefused()
    {
        var envelope = SecretEnvelope.Seal(Ring, Name, Secret);
        var refused = Assert.Throws<SecretEnvelopeException>(() => SecretEnvelope.Open(Ring, "vault/mine", envelope));
        Assert.Contains("another name", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WithAnyByteChanged_IsRefused()
    {
        var envelope = SecretEnvelope.Seal(Ring, Name, Secret);
        for (var i = 0; i < envelope.Length; i++)
        {
            var edited = envelope.ToArray();
            edited[i] ^= 1;
            Assert.Throws<SecretEnvelopeException>(() => SecretEnvelope.Open(Ring, Name, edited));
        }
    }

    [Fact]
    public void Open_CutShortOrEmpty_IsRefused()
    {
        var envelope = SecretEnvelope.Seal(Ring, Name, Secret);
        for (var length = 0; length < envelope.Length; length++)
            Assert.Throws<SecretEnvelopeException>(() => SecretEnvelope.Open(Ring, Name, envelope.AsSpan(0, length)));
    }

    [Fact]
    public void Ring_WithANewerKey_OpensTheOldAndSealsWithTheNew()
    {
        var old = SecretEnvelope.Seal(Ring, Name, Secret);
        var second = KeyEncryptionKey.Generate();
        var rotated = new KeyRing(second, First);

        Assert.Equal(Secret, SecretEnvelope.Open(rotated, Name, old));
        var renewed = SecretEnvelope.Seal(rotated, Name, Secret);
        Assert.Equal(second.Id, SecretEnvelope.KeyId(renewed));
        Assert.Equal(First.Id, SecretEnvelope.KeyId(old));
    }

    [Fact]
    public void Open_WithoutTheKeyThatSealed_SaysWhichIsMissing()
    {
        var envelope = SecretEnvelope.Seal(Ring, Name, Secret);
        var refused = Assert.Throws<SecretEnvelopeException>(() => SecretEnvelope.Open(new KeyRing(KeyEncryptionKey.Generate()), Name, envelope));
        Assert.Contains(First.Id, refused.Message, StringComparison.Ordinal);
        Assert.Contains(Name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KeysAsText_ShowTheirIdsAlone()
    {
        var shown = $"{First} {Ring} {new LoadedKeys(Ring, "somewhere", [])}";
        Assert.Contains(First.Id, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(FirstBytes), shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexStringLower(FirstBytes), shown, StringComparison.Ordinal);
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace AccessFunctions.Integrations.Tests.Redshift;

/// <summary>Messages of the PostgreSQL protocol, version 3 (https://www.postgresql.org/docs/8.0/protocol-message-formats.html), as a server sends and gets them.</summary>
internal sealed class RedshiftWire(NetworkStream stream)
{
    private readonly ArrayBufferWriter<byte> _out = new();

    /// <summary>A start-up packet: its code and what follows. Null: the client is gone.</summary>
    public async Task<(int Code, byte[] Body)?> Start(CancellationToken cancellation)
    {
        if (await Bytes(4, cancellation) is not { } length || await Bytes(BinaryPrimitives.ReadInt32BigEndian(length) - 4, cancellation) is not { } body) return null;
        return (BinaryPrimitives.ReadInt32BigEndian(body), body[4..]);
    }

    /// <summary>A message. Null: the client is gone.</summary>
    public async Task<(char Type, RedshiftReader Body)?> Read(CancellationToken cancellation)
    {
        if (await Bytes(5, cancellation) is not { } head || await Bytes(BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4, cancellation) is not { } body) return null;
        return ((char)head[0], new RedshiftReader(body));
    }

    /// <summary>Puts a message behind those that wait to be sent.</summary>
    public void Write(char type, params ReadOnlySpan<object> fields)
    {
        var body = new ArrayBufferWriter<byte>();
        foreach (var field in fields)
        {
            switch (field)
            {
                case string text:
                    body.Write(Encoding.UTF8.GetBytes(text));
                    body.Write([(byte)0]);
                    break;
                case int number:
                    body.Write(Int(number));
                    break;
                case short number:
                    body.Write([(byte)(number >> 8), (byte)number]);
                    break;
                case byte one:
                    body.Write([one]);
                    break;
                default:
                    body.Write((byte[])field);
                    break;
            }
        }

        _out.Write([(byte)type]);
        _out.Write(Int(body.WrittenCount + 4));
        _out.Write(body.WrittenSpan);
    }

    public void Error(string severity, string state, string message) => Write('E', (byte)'S', severity, (byte)'C', state, (byte)'M', message, (byte)0);

    public async Task Flush(CancellationToken cancellation)
    {
        await stream.WriteAsync(_out.WrittenMemory, cancellation);
        _out.Clear();
    }

    public Task Raw(byte one, CancellationToken cancellation) => stream.WriteAsync(new[] { one }, cancellation).AsTask();

    public static byte[] Int(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private async Task<byte[]?> Bytes(int count, CancellationToken cancellation)
    {
        var bytes = new byte[count];
        return await stream.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false, cancellation) == count ? bytes : null;
    }
}

/// <summary>Reads the fields of a message.</summary>
internal sealed class RedshiftReader(byte[] body)
{
    private int _at;

    public string Text()
    {
        var end = Array.IndexOf(body, (byte)0, _at);
        var text = Encoding.UTF8.GetString(body, _at, end - _at);
        _at = end + 1;
        return text;
    }

    public short Short() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int Int() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public byte Byte() => Take(1)[0];

    public byte[]? Value() => Int() is var length and >= 0 ? Take(length).ToArray() : null;

    private ReadOnlySpan<byte> Take(int count)
    {
        _at += count;
        return body.AsSpan(_at - count, count);
    }
}

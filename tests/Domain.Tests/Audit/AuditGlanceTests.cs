using AccessFunctions.Domain.Audit;
using Xunit;

namespace AccessFunctions.Domain.Tests.Audit;

/// <summary>The short look at a body agrees with its reading, whatever the body is.</summary>
public sealed class AuditGlanceTests
{
    private static readonly List<AuditRow> Rows = [.. Samples.Chain("r-1", 5), .. Samples.Chain("host:h1:2026-11-21", 4)];

    [Fact]
    public void EveryBodyThatIsWritten_IsKnownAtAGlance_UnlessItHoldsEscapes() => Assert.All(Rows, row =>
    {
        Assert.Equal(!row.Body.Contains((byte)'\\'), AuditGlance.TryRead(row.Body, row.Stream, out var glance));
        Assert.True(row.Body.Contains((byte)'\\') || (glance.OfStream && glance.Sequence == row.Sequence));
        Assert.False(AuditGlance.TryRead(row.Body, "r-9", out var other) && other.OfStream);
    });

    [Fact]
    public void WhatAGlanceAccepts_IsReadTheSame()
    {
        var random = new Random(20261122);
        var accepted = 0;
        for (var run = 0; run < 40_000; run++)
        {
            var body = Rows[run % Rows.Count].Body.ToArray();
            for (var changes = random.Next(1, 3); changes > 0; changes--)
            {
                var at = random.Next(body.Length);
                body = random.Next(4) switch
                {
                    0 => [.. body[..at], .. body[(at + 1)..]],
                    1 => [.. body[..at], (byte)random.Next(32, 127), .. body[at..]],
                    2 => [.. body[..at], .. body[random.Next(body.Length)..]],
                    _ => [.. body[..at], (byte)random.Next(256), .. body[(at + 1)..]],
                };
            }

            if (!AuditGlance.TryRead(body, "r-1", out var glance)) continue;
            accepted++;
            var read = AuditBody.Read(body.AsSpan());
            Assert.Equal((read.Stream == "r-1", read.Sequence, read.DetailHash ?? ""), (glance.OfStream, glance.Sequence, System.Text.Encoding.ASCII.GetString(glance.DetailHash)));
        }

        Assert.InRange(accepted, 1000, 39_000);
    }
}

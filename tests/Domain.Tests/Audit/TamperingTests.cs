using AccessFunctions.Domain.Audit;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AccessFunctions.Domain.Tests.Audit;

/// <summary>Whatever single thing is changed in what is stored, verification says so.</summary>
public sealed class TamperingTests
{
    private static readonly List<AuditRow> Rows = [.. Samples.Chain("r-1", 5), .. Samples.Chain("host:h1:2026-11-21", 4)];
    private static readonly List<Checkpoint> Held = Hold();

    // The byte, character or digit at Position (wrapped) of Field (wrapped) of Row (wrapped) is changed by Change.
    private static readonly Arbitrary<(int Item, int Field, int Position, int Change)> Anything = Arb.From(
        from item in Gen.Choose(0, 1000)
        from field in Gen.Choose(0, 1000)
        from position in Gen.Choose(0, 100_000)
        from change in Gen.Choose(1, 255)
        select (item, field, position, change));

    [Fact]
    public void WhatIsStored_IsSound() => Assert.Empty(Samples.Verify(Rows, Held));

    [Fact]
    public void AnySingleChangeOfARow_IsFound() => Holds(change =>
    {
        var rows = Rows.ToList();
        var at = change.Item % rows.Count;
        rows[at] = Changed(rows[at], change.Field, change.Position, change.Change);
        return Samples.Verify(rows, Held).Count > 0;
    });

    [Fact]
    public void AnySingleChangeOfACheckpoint_IsFound() => Holds(change =>
    {
        var held = Held.ToList();
        var at = change.Item % held.Count;
        held[at] = Changed(held[at], change.Field, change.Position, change.Change);
        return Samples.Verify(Rows, held).Count > 0;
    });

    [Fact]
    public void AnyRowRemovedRepeatedOrMoved_IsFound() => Holds(change =>
    {
        var rows = Rows.ToList();
        var at = change.Item % rows.Count;
        var row = rows[at];
        var to = (at + 1 + (change.Position % (rows.Count - 1))) % rows.Count;
        var moved = change.Field % 3 == 2;
        if (change.Field % 3 != 1)
        {
            rows.RemoveAt(at);
        }

        if (change.Field % 3 != 0)
        {
            rows.Insert(Math.Min(to, rows.Count), row);
        }

        // Rows of different streams may come in any order: only a move within the stream is one.
        var kept = moved && rows.Where(other => other.Stream == row.Stream).SequenceEqual(Rows.Where(other => other.Stream == row.Stream));
        return kept == (Samples.Verify(rows, Held).Count == 0);
    });

    private static void Holds(Func<(int Item, int Field, int Position, int Change), bool> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(Anything, property));

    private static AuditRow Changed(AuditRow row, int field, int position, int change) => (field % (row.Detail is null ? 5 : 7)) switch
    {
        0 => row with { Stream = Changed(row.Stream, position, change) },
        1 => row with { Sequence = row.Sequence ^ (1L << (position % 64)) },
        2 => row with { Previous = Changed(row.Previous, position, change) },
        3 => row with { Hash = Changed(row.Hash, position, change) },
        4 => row with { Body = Changed(row.Body, position, change) },
        5 => row with { Detail = Changed(row.Detail!, position, change) },
        _ => row with { Salt = Changed(row.Salt!, position, change) },
    };

    private static Checkpoint Changed(Checkpoint held, int field, int position, int change)
    {
        var heads = held.Heads.ToList();
        var at = position % heads.Count;
        switch (field % 7)
        {
            case 0:
                return held with { Number = held.Number ^ (1L << (position % 64)) };
            case 1:
                return held with { At = held.At.AddTicks(change) };
            case 2:
                return held with { Previous = Changed(held.Previous, position, change) };
            case 3:
                return held with { Root = Changed(held.Root, position, change) };
            case 4:
                heads[at] = heads[at] with { Stream = Changed(heads[at].Stream, position, change) };
                break;
            case 5:
                heads[at] = heads[at] with { Sequence = heads[at].Sequence ^ (1L << (change % 64)) };
                break;
            default:
                heads[at] = heads[at] with { Hash = Changed(heads[at].Hash, position, change) };
                break;
        }

        return held with { Heads = heads };
    }

    private static string Changed(string text, int position, int change)
    {
        var characters = text.ToCharArray();
        characters[position % characters.Length] ^= (char)change;
        return new string(characters);
    }

    private static byte[] Changed(byte[] bytes, int position, int change)
    {
        var changed = bytes.ToArray();
        changed[position % changed.Length] ^= (byte)change;
        return changed;
    }

    private static List<Checkpoint> Hold()
    {
        var one = Checkpoints.Make(1, Samples.Morning, [Samples.Head(Rows.Take(3))], null);
        var two = Checkpoints.Make(2, Samples.Morning.AddHours(1), [Samples.Head(Rows.Take(5)), Samples.Head(Rows)], one.Root);
        return [one, two];
    }
}

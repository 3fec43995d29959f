using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>The process ends after each single call to the service; whoever runs the work again ends where an undisturbed run ends.</summary>
public sealed class TableCrashTests
{
    /// <summary>What happened before, and the decision that is saved.</summary>
    private static readonly Dictionary<string, Func<TableStores, Task<SaveOrder>>> Cases = new()
    {
        ["submission"] = stores => stores.Order("r-1", Signals.Submit("r-1")),
        ["refused submission"] = stores => stores.Order("r-1", Signals.Submit("r-1", ask: Signals.Ask with { Justification = null })),
        ["next level"] = async stores =>
        {
            await stores.Send("r-1", Signals.Submit("r-1"));
            return await stores.Order("r-1", Signals.Approve("bob"));
        },
        ["end"] = async stores =>
        {
            await stores.Send("r-1", Signals.Submit("r-1"));
            return await stores.Order("r-1", Signals.Cancel("alice"));
        },
        ["refused signal"] = async stores =>
        {
            await stores.Send("r-1", Signals.Submit("r-1"));
            return await stores.Order("r-1", Signals.Approve("mallory"));
        },
        ["120 events"] = async stores =>
        {
            await stores.Send("r-1", Signals.Submit("r-1"));
            return Large.Of(await stores.Order("r-1", Signals.Approve("bob")), events: 120);
        },
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Save_AfterACrashAnywhere_EndsTheSame(string name)
    {
        using var undisturbed = await TableStores.On();
        await undisturbed.Save(await Cases[name](undisturbed));
        var expected = await undisturbed.Everything();

        for (var calls = 0; ; calls++)
        {
            using var stores = await TableStores.On();
            var order = await Cases[name](stores);
            if (!await stores.DiesAfter(calls, () => stores.Save(order)))
            {
                Assert.True(calls > 5, "Nothing was cut off.");
                return;
            }

            var saved = await stores.Save(order);

            Assert.True(saved.Applied, $"after {calls} calls");
            Assert.Equal(expected, await stores.Everything());
            Assert.Equivalent(saved.State, await stores.Find("r-1"), strict: true);
            await stores.AssertVerifies(order.State is null ? [] : [saved.State]);
            if (order.State is not null) await stores.AssertIndexed("r-1");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Save_AfterACrash_MayLoseAgainstAnother_AndTheIndexIsThatOfWhatIsStored(string name)
    {
        for (var calls = 0; ; calls++)
        {
            using var stores = await TableStores.On();
            var order = await Cases[name](stores);
            if (!await stores.DiesAfter(calls, () => stores.Save(order))) return;
            await stores.Send("r-1", order.Before is null ? Signals.Submit("r-1", id: "other") : Signals.Deny("ben", id: "other"));

            await stores.Save(order);

            await stores.AssertIndexed("r-1");
            await stores.AssertVerifies(await stores.Find("r-1"));
        }
    }

    [Fact]
    public async Task MakeCheckpoint_AfterACrashAnywhere_CoversEverythingOnce()
    {
        for (var calls = 0; ; calls++)
        {
            using var stores = await TableStores.On();
            foreach (var number in Enumerable.Range(1, 3)) await stores.Send($"r-{number}", Signals.Submit($"r-{number}"));
            var died = await stores.DiesAfter(calls, () => stores.Audit.MakeCheckpoint(CancellationToken.None));
            await stores.Send("r-2", Signals.Approve("bob"));
            await stores.Audit.MakeCheckpoint(CancellationToken.None);

            Assert.Null(await stores.Audit.MakeCheckpoint(CancellationToken.None));
            await stores.AssertVerifies();
            var covered = (await stores.Audit.Checkpoints(CancellationToken.None)).SelectMany(checkpoint => checkpoint.Heads).GroupBy(head => head.Stream).ToDictionary(heads => heads.Key, heads => heads.Max(head => head.Sequence));
            foreach (var number in Enumerable.Range(1, 3)) Assert.Equal((await stores.Find($"r-{number}"))!.AuditHead!.Sequence, covered[$"r-{number}"]);
            if (!died) return;
        }
    }
}

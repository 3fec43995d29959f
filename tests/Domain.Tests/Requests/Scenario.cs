using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using FsCheck;
using FsCheck.Fluent;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>One step of a random history: what kind, by whom, how much later, and dice for its details.</summary>
public sealed record Step(int What, int Who, int Minutes, int Dice)
{
    /// <summary>One face of the dice: different salts are different throws.</summary>
    public int Throw(int salt, int sides) => (int)((((uint)Dice * 2654435761u) ^ ((uint)salt * 40503u)) % 104729 % (uint)sides);

    public override string ToString() => $"({What},{Who},{Minutes},{Dice})";
}

/// <summary>A policy's dice and a history. Shrinks by leaving out steps.</summary>
public sealed record Scenario(int[] Dice, Step[] Steps)
{
    private static readonly string[] Pool = ["bob", "ben", "bea", "carol", "cleo", "alice"];

    public static Arbitrary<Scenario> Any { get; } = Arb.From(
        from dice in Gen.Choose(0, 9999).ArrayOf(40)
        from length in Gen.Choose(4, 40)
        from steps in (
            from what in Gen.Choose(0, 99)
            from who in Gen.Choose(0, 9)
            from minutes in Gen.Frequency((12, Gen.Choose(0, 10)), (4, Gen.Choose(10, 120)), (1, Gen.Choose(120, 2000)))
            from more in Gen.Choose(0, 1 << 20)
            select new Step(what, who, minutes, more)).ArrayOf(length)
        select new Scenario(dice, steps),
        Shorter);

    /// <summary>1 to 3 levels from a small pool, so that people meet on several; every rule that waits or cuts is there sometimes.</summary>
    public RequestPolicy Policy()
    {
        var i = 0;
        var levels = new LevelPolicy[1 + (Next() % 3)];
        for (var level = 0; level < levels.Length; level++)
        {
            var approvers = Pick(1 + (Next() % 4));
            levels[level] = new LevelPolicy
            {
                Approvers = approvers,
                ApprovalsRequired = 1 + (Next() % 4 == 0 ? 1 : 0),
                DenialsRequired = 1 + (Next() % 2),
                EscalateAfter = Next() % 3 == 0 ? TimeSpan.FromMinutes(5 + (Next() % 300)) : null,
                EscalateTo = Next() % 2 == 0 ? ["eve", .. Pick(1)] : [],
            };
        }

        var windows = Next() % 5 == 0;
        return new RequestPolicy
        {
            AccessGroup = "analysts",
            Mode = Next() % 8 == 0 ? Mode.Allow : Mode.Approve,
            Levels = levels,
            AllowSelfApproval = Next() % 6 == 0,
            AllowEmergency = true,
            FreezeBlocksEmergency = Next() % 2 == 0,
            ExtendUpTo = TimeSpan.FromHours(Next() % 3),
            LapseAfter = TimeSpan.FromMinutes(30 + (Next() % 1500)),
            RemindEvery = Next() % 2 == 0 ? TimeSpan.FromMinutes(10 + (Next() % 300)) : null,
            EmergencyReviewWithin = TimeSpan.FromMinutes(1 + (Next() % 1500)),
            AccessWindows = windows ? [new Window { From = new TimeOnly(9, 0), To = new TimeOnly(9 + 6, 30) }] : [],
            Freezes = Next() % 5 == 0 ? [new Freeze(Given.At(Next() % 600), Given.At(600 + (Next() % 600)))] : [],
            Roles = Next() % 4 == 0 ? ["reader", "writer"] : [],
            DefaultRole = "reader",
            MaxAdvance = TimeSpan.FromDays(2),
        };

        int Next() => Dice[i++ % Dice.Length];

        string[] Pick(int count)
        {
            var picked = new string[count];
            for (var n = 0; n < count; n++) picked[n] = Pool[Next() % Pool.Length];
            return [.. picked.Distinct(StringComparer.Ordinal)];
        }
    }

    public Ask Ask() => Given.Ask with
    {
        Kind = AccessKind.Session,
        Resources = Dice[^1] % 3 == 0 ? ["vault/a", "vault/b"] : ["vault/a"],
        Start = Dice[^2] % 3 == 0 ? Given.At(Dice[^3] % 600) : null,
        Role = Dice[^4] % 2 == 0 && Policy().Roles.Count > 0 ? "reader" : null,
    };

    public override string ToString() => $"new Scenario([{string.Join(',', Dice)}], [{string.Join(',', Steps.Select(step => "new" + step))}])";

    private static IEnumerable<Scenario> Shorter(Scenario scenario)
    {
        for (var length = scenario.Steps.Length / 2; length >= 1; length /= 2)
        {
            for (var start = 0; start + length <= scenario.Steps.Length; start += length)
                yield return scenario with { Steps = [.. scenario.Steps[..start], .. scenario.Steps[(start + length)..]] };
        }
    }
}

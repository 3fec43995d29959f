using AccessFunctions.Api.Reviewing;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Pages.One;

/// <summary>Where the access of a resource stands, in words.</summary>
internal static class GrantWords
{
    public static string State(Grant grant, IPeople people) => grant.State switch
    {
        GrantState.Pending => "Nothing was given yet",
        GrantState.Attempted => "Being set up",
        GrantState.AwaitingFulfiller => $"Waits for {Fulfillers(grant, people)} to give it",
        GrantState.Granted => "There",
        GrantState.AlreadyHeld => $"Stood before, through {grant.AlreadyHeld ?? "other access"}; never removed",
        GrantState.Removed => "Removed, proof outstanding",
        GrantState.AwaitingRemoval => $"Waits for {Fulfillers(grant, people)} to confirm that it is gone",
        GrantState.Gone => grant.GrantedAt is null && grant.RevokedAt is null ? "Never given" : "Proven gone",
    };

    private static string Fulfillers(Grant grant, IPeople people) =>
        grant.Fulfillers.Count > 0 ? string.Join(" or ", grant.Fulfillers.Select(id => RequestFacts.Name(people, id))) : "an administrator";
}

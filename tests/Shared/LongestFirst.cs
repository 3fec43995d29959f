using AccessFunctions.Tests.Shared;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace AccessFunctions.Tests.Shared;

/// <summary>Begins with the classes that take longest: one that lasts long and begins last runs alone at the end, beside an idle processor.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
        [.. typeof(LongestFirst).Assembly.GetTypes().Where(static type => type.IsDefined(typeof(TakesLongAttribute), inherit: false)).Select(static type => $" {type.FullName} ")];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(static collection => Long.Any(name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal)) ? 0 : 1)];
}

/// <summary>The tests of this class take longer together than those of most others.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TakesLongAttribute : Attribute;

"""Makes one report of the shards of a campaign: each judges every release, by its part of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from conformance.campaign.report import CampaignReport, Change, Costs, LaneReport, ReleaseReport
from conformance.engine.reports.change import check_shards
from conformance.errors import UsageError
from docgen.files import read_file

Value = TypeVar("Value")


class _AnyCampaign(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that distinguish a campaign from other reports."""

    campaign: int
    lanes: tuple[msgspec.Raw, ...]


def has_campaign(path: Path) -> bool:
    """Return whether a file contains the report of a campaign."""
    try:
        return isinstance(msgspec.json.decode(read_file(path), type=_AnyCampaign), _AnyCampaign)
    except (OSError, ValueError, RecursionError):
        return False


def merge_campaigns(parts: Sequence[CampaignReport]) -> CampaignReport:
    """Return the report of the campaign that the reports are shards of.

    Raises:
        UsageError: They are not the shards of one campaign, or one of them is missing or incomplete.
    """
    shards = check_shards([part.shard for part in parts])
    for shard, part in zip(shards, parts, strict=True):
        if not part.is_complete:
            raise UsageError(
                f"the reports cannot be merged: shard {shard.number}/{shard.of} was interrupted. Run it again; "
                "--resume continues where it stopped."
            )
    first = parts[0]
    order = {rule.id: place for place, rule in enumerate(first.rules)}
    lanes = tuple(_lane(column, order) for column in zip(*(part.lanes for part in parts), strict=True))
    return msgspec.structs.replace(
        first,
        created=max(part.created for part in parts),
        lanes=lanes,
        costs=_costs(parts, lanes),
        shard=msgspec.UNSET,
    )


def _lane(parts: Sequence[LaneReport], order: Mapping[str, int]) -> LaneReport:
    """Return one lane from its parts, as it is in the report of the whole campaign."""
    columns = zip(*(part.releases for part in parts), strict=True)
    places = {release.version: place for place, release in enumerate(parts[0].releases)}
    changes: list[Change] = sorted(
        (change for part in parts for change in part.changes),
        key=lambda change: (places[change.release], order[change.rule], places[change.after]),
    )
    deviations = sorted((one for part in parts for one in part.deviations), key=lambda one: order[one.rule])
    return msgspec.structs.replace(
        parts[0],
        releases=tuple(_release(column, order) for column in columns),
        changes=tuple(changes),
        deviations=tuple(deviations),
    )


def _release(parts: Sequence[ReleaseReport], order: Mapping[str, int]) -> ReleaseReport:
    """Return one release from its parts."""
    return msgspec.structs.replace(
        parts[0],
        # A shard without a rule for the release never started it.
        error=next((part.error for part in parts if part.error is not None), None),
        verdicts=_joined((part.verdicts for part in parts), order),
        inferred=_joined((part.inferred for part in parts), order),
        varying=tuple(sorted((rule for part in parts for rule in part.varying), key=order.__getitem__)),
    )


def _joined(parts: Iterable[Mapping[str, Value]], order: Mapping[str, int]) -> dict[str, Value]:
    """Return one mapping of several, by rule, in the order of the rules."""
    pairs = [pair for part in parts for pair in part.items()]
    return dict(sorted(pairs, key=lambda pair: order[pair[0]]))


def _costs(parts: Sequence[CampaignReport], lanes: Sequence[LaneReport]) -> Costs:
    """Return the costs of the whole campaign, in which a release is run once for all rules."""
    first = parts[0]
    judged = sum(bool(release.verdicts) for lane in lanes for release in lane.releases)
    return msgspec.structs.replace(
        first.costs,
        runs=judged * len(first.settings.seeds),
        verdicts=sum(part.costs.verdicts for part in parts),
    )

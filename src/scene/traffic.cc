// SPDX-License-Identifier: Apache-2.0
#include "scene/traffic.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "scene/draw/random.h"

namespace weir::scene {
namespace {

/// Ids of one flow of actors do not meet those of another.
int64_t id_of(int flow, int64_t number) {
  return (static_cast<int64_t>(flow) << 24) | number;
}
constexpr int kFirstTrack = 16;
constexpr int kCrossingFlow = 60;
constexpr int kStandingFlow = 61;

Pose pose_at(const Course& course, Along place, double ds, double dd) {
  const Vec2 along = course.heading(place.s);
  return {course.at(place), {along.x * ds - along.y * dd, along.y * ds + along.x * dd}};
}

/// How a lane's vehicles move: cruising at one speed, stopping at the line, all at the same rate.
struct Rules {
  double speed = 10;       ///< m/s
  double pull = 2.2;       ///< m/s^2, braking and starting
  double gap_m = 2.2;      ///< between those that wait
  double headway_s = 2.6;  ///< between those that arrive or start
};

/// One vehicle's way past the stop line, which is at u = 0.
struct Trip {
  double rest_u = 0;   ///< where it stops, or where it is at `rest_s` if it does not
  double rest_s = 0;   ///< when it comes to rest
  double start_s = 0;  ///< when it starts again
  bool stops = false;
};

double progress(const Trip& trip, const Rules& rules, double time) {
  if (!trip.stops) return trip.rest_u + rules.speed * (time - trip.rest_s);
  const double pull_s = rules.speed / rules.pull;
  const double pull_m = rules.speed * pull_s / 2;
  const double before = trip.rest_s - time;
  const double after = time - trip.start_s;
  if (before > pull_s) return trip.rest_u - pull_m - rules.speed * (before - pull_s);
  if (before > 0) return trip.rest_u - rules.pull / 2 * before * before;
  if (after < 0) return trip.rest_u;
  if (after < pull_s) return trip.rest_u + rules.pull / 2 * after * after;
  return trip.rest_u + pull_m + rules.speed * (after - pull_s);
}

class LaneFlow {
 public:
  LaneFlow(const Site& site, int index)
      : site_(site), lane_(site.lanes[static_cast<size_t>(index)]), index_(index) {
    rules_.speed = lane_.speed;
    if (is_bicycles()) rules_ = {lane_.speed, 1.3, 0.9, 1.3};
    if (site.crossing) line_s_ = site.crossing->s - lane_.direction * (site.crossing->half_width + 1.3);
  }

  void add(double time, std::vector<Actor>& actors) const {
    const double cycle = site_.signal.cycle_s;
    const auto now = static_cast<int64_t>(std::floor(time / cycle));
    const auto span = static_cast<int64_t>(320 / (lane_.speed * cycle)) + 2;
    for (int64_t c = now - span; c <= now + span; ++c) add_cycle(c, time, actors);
  }

 private:
  [[nodiscard]] bool is_bicycles() const { return lane_.kind == LaneKind::kBicycle; }

  struct Vehicle {
    ActorKind kind;
    uint64_t look;
    double length;
    bool is_there;
  };
  Vehicle next_vehicle(Random& random) const {
    const uint64_t look = random.bits();
    const bool is_there = random.chance(lane_.density);
    const bool is_bus = random.chance(0.14);
    const ActorKind kind = is_bicycles() ? ActorKind::kBicycle : is_bus ? ActorKind::kBus : ActorKind::kCar;
    return {kind, look, vehicle_length(kind, look), is_there};
  }

  /// Those that find the light red in this cycle, then those that pass at green.
  void add_cycle(int64_t cycle, double time, std::vector<Actor>& actors) const {
    Random random(key(site_.seed, 100, index_, cycle));
    const double begin = static_cast<double>(cycle) * site_.signal.cycle_s;
    double free_s = begin;  // when the line is free for one that need not stop
    int number = 0;
    if (site_.crossing) {
      double u = 0;
      const int waiting = random.integer(1, 4);
      for (; number < waiting; ++number) {
        const Vehicle vehicle = next_vehicle(random);
        const double jitter = random.real(0, 0.5);
        u -= vehicle.length / 2;
        const Trip trip{u, begin + 1.5 + number * rules_.headway_s + jitter,
                        begin + site_.signal.green_s + 1.4 * number, true};
        add_vehicle(vehicle, trip, id_of(index_, cycle * 64 + number * 2), time, actors);
        free_s = trip.start_s + rules_.speed / (2 * rules_.pull) - u / rules_.speed;
        u -= vehicle.length / 2 + rules_.gap_m;
      }
    }
    const double end = begin + site_.signal.cycle_s - rules_.headway_s +
                       (site_.crossing ? 1.5 - rules_.speed / (2 * rules_.pull) : 0.0);
    double length = 12;
    while (number < 32) {
      const Vehicle vehicle = next_vehicle(random);
      free_s += (length + vehicle.length) / 2 / rules_.speed + random.real(0.8, 4.0);
      if (free_s > end) return;
      add_vehicle(vehicle, {0, free_s, free_s, false}, id_of(index_, cycle * 64 + number * 2), time, actors);
      length = vehicle.length;
      ++number;
    }
  }

  void add_vehicle(const Vehicle& vehicle, const Trip& trip, int64_t id, double time,
                   std::vector<Actor>& actors) const {
    if (!vehicle.is_there) return;
    const double u = progress(trip, rules_, time);
    Actor actor;
    actor.kind = vehicle.kind;
    actor.id = id;
    actor.look = vehicle.look;
    actor.place = {line_s_ + lane_.direction * u, lane_.d};
    const double end = is_bicycles() ? 110 : kTrafficEnd_m;
    if (actor.place.s < kStreetBegin_m || actor.place.s > end) return;
    actor.pose = pose_at(site_.course, actor.place, lane_.direction, 0);
    actor.half_length = vehicle.length / 2;
    actor.half_width = is_bicycles() ? 0.3 : vehicle.kind == ActorKind::kBus ? 1.3 : 0.95;
    actor.travelled = u + 4000;
    actor.has_rider = is_bicycles();
    actor.is_braking = trip.stops && time > trip.rest_s - rules_.speed / rules_.pull && time < trip.start_s;
    actor.gait = trip.stops && time > trip.rest_s && time < trip.start_s ? Gait::kStanding : Gait::kWalking;
    actor.kerb_is_left = (lane_.d > 0) == (lane_.direction > 0);
    actors.push_back(actor);
  }

  const Site& site_;
  const Lane& lane_;
  int index_;
  Rules rules_;
  double line_s_ = 0;
};

Actor person(const Site& site, int64_t id, uint64_t look, Along place, double ds, double dd) {
  Actor actor;
  actor.id = id;
  actor.look = look;
  actor.place = place;
  actor.pose = pose_at(site.course, place, ds, dd);
  return actor;
}

/// Those who walk along a pavement: tracks side by side, one speed each, so that nobody walks through
/// another.
void add_walkers(const Site& site, const Side& side, double time, std::vector<Actor>& actors) {
  constexpr double kTrack_m = 0.8;
  constexpr double kBegin_m = -40;
  constexpr double kEnd_m = 95;
  const double inner = side.kerb + 1.0;
  const int tracks = std::max(1, static_cast<int>((side.pavement - 0.9 - inner) / kTrack_m));
  const double spacing = tracks / site.walkers_per_m;
  for (int track = 0; track < tracks; ++track) {
    Random random(key(site.seed, 200, side.sign + 1, track));
    const double speed = random.real(1.0, 1.65);
    const int direction = random.chance(0.5) ? 1 : -1;
    const int flow = kFirstTrack + track + (side.sign > 0 ? 20 : 0);
    const double reach = time * speed;
    const auto first = static_cast<int64_t>(std::floor((reach - kEnd_m - 2 * spacing) / spacing));
    const auto last = static_cast<int64_t>(std::floor((reach + kEnd_m + 2 * spacing) / spacing));
    for (int64_t i = first; i <= last; ++i) {
      Random own(key(site.seed, 201, flow, i));
      const uint64_t look = own.bits();
      const double u = reach - static_cast<double>(i) * spacing + own.real(-0.4, 0.4) * spacing;
      const double wander = own.real(-0.15, 0.15);
      const Along place{direction * u, side.sign * (inner + (track + 0.5) * kTrack_m + wander)};
      if (place.s < kBegin_m || place.s > kEnd_m) continue;
      Actor actor = person(site, id_of(flow, i & 0xffffff), look, place, direction, 0);
      actor.gait = Gait::kWalking;
      actor.travelled = u + 4000;
      actors.push_back(actor);
    }
  }
}

/// A way over the crossing: out of a door, to the kerb, wait, over, to a door on the other side.
struct Errand {
  std::array<Along, 6> points;
  double wait_until = 0;  ///< at points[2]
  double speed = 1.3;

  /// Nothing before it begins and after it ends.
  [[nodiscard]] std::optional<Actor> actor_at(const Site& site, double time) const {
    double legs_before = 0;
    for (size_t i = 0; i < 2; ++i) legs_before += leg(i);
    const double waited = 5.0;  // at the kerb
    const double arrives = wait_until - waited;
    const bool waits = time > arrives && time < wait_until;
    double distance =
        waits ? legs_before : legs_before + speed * (time - (time >= wait_until ? wait_until : arrives));
    if (distance < 0) return std::nullopt;
    const double travelled = distance;
    for (size_t i = 0; i + 1 < points.size(); ++i) {
      const double size = leg(i);
      if (distance > size || (waits && i < 2)) {
        distance -= size;
        continue;
      }
      const double ds = (points[i + 1].s - points[i].s) / size;
      const double dd = (points[i + 1].d - points[i].d) / size;
      const double on = std::max(distance, 0.0);
      Actor actor = person(site, 0, 0, {points[i].s + ds * on, points[i].d + dd * on}, ds, dd);
      actor.gait = waits ? Gait::kStanding : Gait::kWalking;
      actor.travelled = travelled;
      return actor;
    }
    return std::nullopt;
  }

  [[nodiscard]] double leg(size_t i) const {
    return length(Vec2{points[i + 1].s - points[i].s, points[i + 1].d - points[i].d});
  }
};

/// To either side of the crossing.
double door_offset(Random& random) {
  const double away = random.real(8, 45);
  return random.chance(0.5) ? away : -away;
}

void add_crossers(const Site& site, double time, std::vector<Actor>& actors) {
  if (!site.crossing) return;
  const double cycle_s = site.signal.cycle_s;
  const auto now = static_cast<int64_t>(std::floor(time / cycle_s));
  for (int64_t c = now - 4; c <= now + 4; ++c) {
    Random random(key(site.seed, 300, c));
    const int count = random.integer(1, 5);
    for (int i = 0; i < count; ++i) {
      const uint64_t look = random.bits();
      const bool from_left = random.chance(0.5);
      const Side& from = from_left ? site.left : site.right;
      const Side& to = from_left ? site.right : site.left;
      const double at = site.crossing->s + (i + 0.5 - count / 2.0) * 0.75;
      const double door_from = at + door_offset(random);
      const double door_to = at + door_offset(random);
      Errand errand;
      errand.points = {
          Along{door_from, from.sign * from.houses}, Along{door_from, from.sign * (from.kerb + 0.7)},
          Along{at, from.sign * (from.kerb + 0.7)},  Along{at, to.sign * (to.kerb + 0.7)},
          Along{door_to, to.sign * (to.kerb + 0.7)}, Along{door_to, to.sign * to.houses}};
      errand.wait_until = static_cast<double>(c) * cycle_s + 1.2 + random.real(0.2, 3.2);
      errand.speed = random.real(1.25, 1.6);
      std::optional<Actor> actor = errand.actor_at(site, time);
      if (!actor) continue;
      actor->id = id_of(kCrossingFlow, c * 8 + i);
      actor->look = look;
      actors.push_back(*actor);
    }
  }
}

void add_standing(const Site& site, std::vector<Actor>& actors) {
  int64_t number = 0;
  for (const Standing& standing : site.standing) {
    Actor actor = person(site, id_of(kStandingFlow, number += 2), standing.look, standing.place,
                         cosine(standing.turned), sine(standing.turned));
    if (standing.kind == StandingKind::kCar) {
      actor.kind = ActorKind::kCar;
      actor.half_length = vehicle_length(ActorKind::kCar, standing.look) / 2;
      actor.half_width = 0.95;
    } else if (standing.kind == StandingKind::kBicycle) {
      actor.kind = ActorKind::kBicycle;
      actor.half_width = 0.9;
    }
    actors.push_back(actor);
  }
}

/// Lamps, and the lights at the crossing: they hide what passes behind them.
void add_furniture(const Site& site, double time, std::vector<Actor>& actors) {
  const auto add = [&](ActorKind kind, Along place, int direction) -> Actor& {
    Actor actor = person(site, 0, 0, place, direction, 0);
    actor.kind = kind;
    actor.half_length = actor.half_width = 0.1;
    return actors.emplace_back(actor);
  };
  for (const Lamp& lamp : site.lamps) {
    add(ActorKind::kLamp, site.course.nearest({lamp.foot.x, lamp.foot.y}), 1).head = lamp.head;
  }
  if (!site.crossing) return;
  const double in_cycle = time - std::floor(time / site.signal.cycle_s) * site.signal.cycle_s;
  for (const Side* side : {&site.left, &site.right}) {
    const int direction = site.lanes.front().direction * side->sign;  // lanes.front() is on the left
    const Along place{site.crossing->s - direction * (site.crossing->half_width + 0.6),
                      side->sign * (side->kerb + 0.4)};
    add(ActorKind::kSignal, place, direction).is_green = in_cycle > site.signal.green_s || in_cycle < 0.2;
  }
}

}  // namespace

std::vector<Actor> actors_at(const Site& site, double time_s) {
  std::vector<Actor> actors;
  for (size_t i = 0; i < site.lanes.size(); ++i) LaneFlow(site, static_cast<int>(i)).add(time_s, actors);
  add_walkers(site, site.left, time_s, actors);
  add_walkers(site, site.right, time_s, actors);
  add_crossers(site, time_s, actors);
  add_standing(site, actors);
  add_furniture(site, time_s, actors);
  return actors;
}

}  // namespace weir::scene

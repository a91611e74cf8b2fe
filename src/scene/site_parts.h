// SPDX-License-Identifier: Apache-2.0
// The steps of make_site() that fill the plan once the street and the camera are set.
#pragma once

#include "scene/draw/random.h"
#include "scene/site.h"

namespace weir::scene {

/// Time of day, sun, sky, noise.
void set_weather(Random random, Site& site);
/// Houses on both sides, and the shades they cast.
void add_houses(Random random, Site& site);
/// Trees where there is room for them; none between the camera and the street.
void add_greenery(Random random, Site& site);
/// Lamps, parked cars and bicycles, people who stand about.
void add_furniture(Random random, Site& site);

}  // namespace weir::scene

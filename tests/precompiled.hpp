// SPDX-License-Identifier: MIT
// As tools/precompiled.hpp, for the unit tests, which are compiled with the sources that they test.
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "../tools/precompiled.hpp"

// SPDX-License-Identifier: Apache-2.0
#include "base/wire_format.h"

#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/guarded_memory.h"
#include "support/wire.h"

namespace weir {
namespace {

using testing::bytes_field;
using testing::number_field;
using testing::varint;
using namespace std::string_literals;

/// Reads to the end of a copy behind which no byte may be read.
std::vector<WireField> fields_of(const std::string& message, bool expect_damage = false) {
  testing::GuardedMemory memory(message.size());
  std::ranges::copy(message, memory.bytes().begin());
  WireReader reader(memory.bytes());
  std::vector<WireField> fields;
  while (auto field = reader.next()) {
    for (const uint8_t byte : field->bytes) field->value += byte;  // touches each of them
    field->bytes = {};
    fields.push_back(*field);
  }
  EXPECT_EQ(reader.is_damaged(), expect_damage) << ::testing::PrintToString(message);
  EXPECT_FALSE(reader.next()) << "after the end";
  return fields;
}

TEST(WireFormat, ReadsEveryTypeInItsOrder) {
  const std::string message = number_field(1, 300) + bytes_field(536870911, "ab") + varint(3U << 3U | 5U) +
                              "\x01\x02\x03\x84"s + varint(4U << 3U | 1U) +
                              "\x08\x07\x06\x05\x04\x03\x02\x81"s;
  const std::vector<WireField> fields = fields_of(message);
  ASSERT_EQ(fields.size(), 4U);
  EXPECT_TRUE(fields[0].is(1, WireType::kVarint));
  EXPECT_EQ(fields[0].value, 300U);
  EXPECT_TRUE(fields[1].is(536870911, WireType::kBytes));
  EXPECT_EQ(fields[1].value, unsigned{'a'} + unsigned{'b'});
  EXPECT_TRUE(fields[2].is(3, WireType::kFixed32));
  EXPECT_EQ(fields[2].value, 0x84030201U);
  EXPECT_TRUE(fields[3].is(4, WireType::kFixed64));
  EXPECT_EQ(fields[3].value, 0x8102030405060708U);
}

TEST(WireFormat, TakesWhatIsAllowedAtTheEdges) {
  EXPECT_THAT(fields_of(""), ::testing::IsEmpty());
  EXPECT_EQ(fields_of(bytes_field(1, "")).size(), 1U);
  EXPECT_EQ(fields_of(number_field(1, std::numeric_limits<uint64_t>::max()))[0].value,
            std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(fields_of("\x08\x81\x80\x00"s)[0].value, 1U) << "longer than it need be";
}

TEST(WireFormat, TextIsWhatTheBytesAre) {
  const std::string message = bytes_field(2, "a\0b"s);
  WireReader reader(std::span(reinterpret_cast<const uint8_t*>(message.data()), message.size()));
  EXPECT_EQ(reader.next()->text(), "a\0b"s);
}

TEST(WireFormat, WhatIsNoWireFormatIsDamage) {
  for (const std::string& damaged : {"\x08"s, "\x80"s, "\x08\x80"s,
                                     "\x0a\x05"
                                     "abcd"s,
                                     "\x0d\x01\x02\x03"s, "\x09\x01\x02\x03\x04\x05\x06\x07"s,
                                     varint(0) + "\x01"s,                        // field 0
                                     "\x0b\x0c"s,                                // a group
                                     "\x0e\x01"s, "\x0f\x01"s,                   // types that there are not
                                     varint(uint64_t{1} << 32U | 8U) + "\x01"s,  // a field number of 30 bits
                                     "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s,      // 65 bits
                                     "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s,  // eleven bytes
                                     "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s,      // 2^64 - 1 bytes
                                     "\x0a\x80\x80\x80\x80\x10"s + "x"s}) {                // 2^32 bytes
    fields_of(damaged, /*expect_damage=*/true);
    EXPECT_EQ(fields_of(number_field(1, 1) + damaged, true).size(), 1U) << "what comes first is still read";
  }
}

}  // namespace
}  // namespace weir

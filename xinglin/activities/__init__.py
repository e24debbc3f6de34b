"""活动·班次·签到 Activities: shifts and posts, signing up, checking in and out."""

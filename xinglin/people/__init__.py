"""人员·审核 People: persons, volunteers, applications, consents, agreements, qualifications."""

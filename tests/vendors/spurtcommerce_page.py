"""The example requests of Spurtcommerce's page, in its order: as printed, and as they work."""

from __future__ import annotations

from typing import Any, NamedTuple


class Sample(NamedTuple):
    """A request of the page, with 1 for its `{id}`.

    `printed` is its form as the page has it, `form` with texts that meet the program's rules. `message` is the printed
    one that is answered; `keys` are those of a printed reply without an envelope. `findings` say what is otherwise in
    the program. `status` is that of the printed reply.
    """

    operation: str
    method: str
    path: str
    message: str
    form: str | None = None
    printed: str | None = None
    refused: str = ""
    keys: str = ""
    findings: tuple[str, ...] = ("path-of-page",)
    status: int = 200
    header: str = "Authorization"


_SAVED = ("path-of-page", "ignored-field", "keys-beside-data")
SAMPLES = [
    Sample(
        "create_customer",
        "POST",
        "/api/customer",
        "Successfully created new customer with email Id and password and email sent.",
        "customerGroupId=1&username=text&email=text&mobileNumber=1234567&password=Passw0rd1&confirmPassword=Passw0rd1&newsletter=1&mailStatus=1&status=1",
        "\"customerGroupId=1&username='text'&email='text'&mobileNumber=1&password='text'&confirmPassword='text'&newsletter=1&mailStatus=1&status=1\"",
        "username",
        "customerGroupId firstName username email mobileNumber password mailStatus deleteFlag isActive createdDate id",
        _SAVED,
    ),
    Sample("find_customers", "GET", "/api/customer?limit=1", "Successfully got Customer list."),
    Sample(
        "get_customer",
        "GET",
        "/api/admin-customer/customer-detail/1",
        "successfully got Customer details.",
        findings=(),
    ),
    Sample(
        "update_customer",
        "PUT",
        "/api/customer/1",
        "Customer Updated Successfully",
        "customerGroupId=1&username=text&email=text@example.com&mobileNumber=1234567&password=Passw0rd1&confirmPassword=Passw0rd1&avatar=data:image/png;base64,iVBORw0KGgo=&newsletter=1&realName=text&customerNo=text&mailStatus=1&status=1",
        "\"customerGroupId=1&username='text'&email='text'&mobileNumber=1&password='text'&confirmPassword='text'&avatar='text'&newsletter=1&realName='text'&customerNo='text'&mailStatus=1&status=1\"",
        "username",
        "createdBy createdDate modifiedBy modifiedDate id firstName lastName username password email mobileNumber address countryId zoneId city local oauthData avatar newsletter avatarPath customerGroupId lastLogin safe ip mailStatus pincode deleteFlag isActive forgetPasswordKey linkExpires lockedOn",
        _SAVED,
    ),
    Sample("delete_customer", "DELETE", "/api/customer/1", "Customer Deleted Successfully"),
    Sample("find_recent_customers", "GET", "/api/customer/recent-customerlist", "Successfully got Customer list."),
    Sample(
        "count_customers_today",
        "GET",
        "/api/customer/today-customercount",
        "Successfully get customerCount",
        findings=("path-of-page", "authorized-header"),
        header="Authorized",
    ),
    Sample(
        "delete_customers",
        "POST",
        "/api/customer/delete-customer",
        "Successfully deleted customer.",
        "customerId=[1]",
        '"customerId=[1]"',
        '"customerId',
        findings=("path-of-page", "list-as-text"),
    ),
    Sample(
        "export_customers",
        "GET",
        "/api/customer/customer-excel-list?customerId=text",
        "Invalid customerId",
        status=400,
    ),
    Sample(
        "export_all_customers",
        "GET",
        "/api/customer/allcustomer-excel-list?name=text&status=1&email=text",
        "list is empty",
        status=400,
    ),
    Sample("count_customers", "GET", "/api/customer/customer-count", "Successfully got the Customer Count"),
    Sample(
        "find_order_products",
        "GET",
        "/api/customer/order-product-list?limit=1",
        "Successfully got order product list",
    ),
    Sample(
        "find_product_views",
        "GET",
        "/api/customer/product-view-log-list?limit=1",
        "Successfully got product view log list",
    ),
    Sample(
        "get_vendor_graph",
        "GET",
        "/api/customer/vendor-graph-list?vendorId=1&duration=1",
        "Successfully got the vendor graph list",
    ),
    Sample(
        "find_visits",
        "GET",
        "/api/customer/customer-visit-list?month=1&year=1",
        "Successfully got the customer visit list",
    ),
    Sample(
        "create_group",
        "POST",
        "/api/customer-group",
        "Customer Group Created Successfully",
        "name=text&description='text'&colorcode=text&status=1",
        "\"name='text'&description='text'&colorcode='text'&status=1\"",
        '"name',
        "name colorCode isActive createdDate groupId",
        ("keys-beside-data",),
    ),
    Sample("find_groups", "GET", "/api/customer-group", "Successfully got all customer group List", findings=()),
    Sample(
        "update_group",
        "PUT",
        "/api/customer-group/1",
        "Customer Group updated successfully.",
        "name=text&description='text'&colorcode=text&status=1",
        "\"name='text'&description='text'&colorcode='text'&status=1\"",
        '"name',
        "name colorCode isActive modifiedDate groupId",
        ("keys-beside-data",),
    ),
    Sample(
        "delete_group",
        "DELETE",
        "/api/customer-group/1",
        "Group Deleted Successfully.",
        "groupId=1",
        '"groupId=1"',
        '"groupId',
        findings=(),
    ),
]
SAMPLE = {sample.operation: sample for sample in SAMPLES}


def body_of(form: str | None) -> dict[str, Any]:
    """What is sent of a form."""
    if form is None:
        return {}
    return {"content": form, "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
